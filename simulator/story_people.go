package simulator

import "time"

// people introduces everybody. Handles are the names on Data Center.
func (t *Teller) people() {
	for _, p := range []Person{
		{Handle: "fairlead", Name: "fairlead (read only)", Email: "fairlead@acme.example", TimeZone: "America/Los_Angeles", Bot: true},
		{Handle: "dana", Name: "Dana Ruiz", TimeZone: "America/New_York"},
		{Handle: "priya", Name: "Priya Raman", TimeZone: "Asia/Kolkata"},

		{Handle: "lee", Name: "Lee Park"},
		{Handle: "sam", Name: "Sam Holt"},
		{Handle: "mina", Name: "Mina Osei", Hidden: true},
		{Handle: "jo", Name: "Jo Lindqvist"},
		{Handle: "tomas", Name: "Tomás Rivera"},
		{Handle: "aiko", Name: "Aiko Tanabe", Hidden: true},
		{Handle: "farid", Name: "Farid Haddad"},
		{Handle: "ivo", Name: "Ivo Marchetti"},

		{Handle: "nkechi", Name: "Nkechi Adeyemi", TimeZone: "Africa/Lagos"},
		{Handle: "gregor", Name: "Gregor Lang"},
		{Handle: "ruth", Name: "Ruth Feldmann"},
		{Handle: "piotr", Name: "Piotr Wójcik"},
		{Handle: "ananya", Name: "Ananya Iyer", TimeZone: "Asia/Kolkata"},
		{Handle: "luca", Name: "Luca Moretti"},
		{Handle: "hyejin", Name: "Seo Hye-jin", TimeZone: "Asia/Seoul"},
		{Handle: "sefa", Name: "Sefa Tuilagi", TimeZone: "Pacific/Auckland"},

		{Handle: "camila", Name: "Camila Duarte", TimeZone: "America/Sao_Paulo"},
		{Handle: "noor", Name: "Noor El-Sayed"},
		{Handle: "oskar", Name: "Oskar Nyström"},
		{Handle: "thandi", Name: "Thandiwe Mokoena"},
		{Handle: "bao", Name: "Trần Quốc Bảo"},
		{Handle: "elif", Name: "Elif Yıldız"},
		{Handle: "mateo", Name: "Mateo Quispe"},

		{Handle: "deploybot", Name: "Deploy Bot", Bot: true},
		{Handle: "intake", Name: "Support Intake", Bot: true},
	} {
		if p.Email == "" && !p.Bot {
			p.Email = p.Handle + "@acme.example"
		}
		if p.TimeZone == "" {
			p.TimeZone = "Europe/Berlin"
		}
		t.w.AddPerson(p)
	}
	if t.spring != nil {
		// She came from elsewhere for two months, and nobody wrote her into the directory.
		t.w.AddPerson(Person{Handle: "ewa", Name: "Ewa Lis", Email: "ewa.lis@beacon.example", TimeZone: "Europe/Warsaw"})
	}
	// Ivo left after the second week; his account went with him.
	t.at(t.on(3, time.Monday, 8, 0), func() { t.w.DeleteAccount("ivo") })
}

// always is an EM who was there all the time.
func always(handle string) func(time.Time) string { return func(time.Time) string { return handle } }
