package rules

import (
	"cel.dev/cel-go/cel"

	"github.com/fairlead-dev/fairlead/rules/engine"
)

func measureFunctions() []function {
	text, textList := cel.StringType, cel.ListType(cel.StringType)
	return []function{
		{
			name: "states_measure", member: true, usage: "text.states_measure(measures, names)", args: []*cel.Type{text, textList, textList}, result: cel.BoolType,
			help: "The text names a number, a percentage or a change from one span of time to another (\"from days to minutes\"), or one of the measures, words that measure without a digit " +
				"(\"half\"). Keys of tickets, versions, dates, years, times of day, addresses and the numbers of a list are none, and neither are the names, in which # stands for a number (\"sprint #\").",
			call: engine.Of3(statesMeasure),
		},
	}
}
