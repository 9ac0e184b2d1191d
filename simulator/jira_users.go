package simulator

import (
	"net/http"
)

// renderUser is a person as the deployment knows them, null for nobody.
func (j *jira) renderUser(r *http.Request, p *Person) any {
	if p == nil {
		return nil
	}
	if j.w.bulk != nil {
		return j.w.bulk.written(userKey{p, baseURL(r), j.cloud}, func() any { return j.describeUser(r, p) })
	}
	return j.describeUser(r, p)
}

func (j *jira) describeUser(r *http.Request, p *Person) obj {
	o := obj{"displayName": p.Name, "active": !p.Inactive, "timeZone": p.TimeZone, "avatarUrls": avatars(r)}
	if j.cloud {
		o["accountId"], o["accountType"] = p.AccountID(), accountType(p)
		o["self"] = j.self(r, "api/2/user?accountId="+p.AccountID())
	} else {
		o["name"], o["key"] = p.Handle, p.Handle
		o["self"] = j.self(r, "api/2/user?username="+p.Handle)
	}
	if p.Email != "" && (!p.Hidden || !j.cloud) {
		o["emailAddress"] = p.Email
	}
	if p.deleted {
		delete(o, "emailAddress")
		o["displayName"] = p.Handle
		if j.cloud {
			o["displayName"] = "Former user"
		}
	}
	return o
}

func accountType(p *Person) string {
	if p.Bot {
		return "app"
	}
	return "atlassian"
}

func avatars(r *http.Request) obj {
	o := obj{}
	for _, size := range []string{"16x16", "24x24", "32x32", "48x48"} {
		o[size] = baseURL(r) + "/secure/useravatar?size=" + size
	}
	return o
}

func (j *jira) myself(w http.ResponseWriter, r *http.Request) {
	reply(w, j.renderUser(r, j.viewer()))
}

// user finds somebody by account id on Cloud, by name or key on Data Center.
func (j *jira) user(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	for _, p := range j.w.people {
		named := p.Handle != "" && (p.Handle == q.Get("username") || p.Handle == q.Get("key"))
		if j.cloud {
			named = p.AccountID() == q.Get("accountId")
		}
		if named {
			reply(w, j.renderUser(r, p))
			return
		}
	}
	jiraError(w, http.StatusNotFound, "The user does not exist or you do not have permission to view it.")
}
