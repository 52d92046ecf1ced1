package staff

// knowledgeActs are the acts on what the bot answers.
func knowledgeActs() []row {
	return []row{
		{"ask QUESTION", "what the bot would answer; nothing is sent", anywhere, parseAsk, as[Ask]},
		{
			"propose [ENTRY]", "write what the bot should learn, in a form", atDesk,
			parsePropose, as[Propose],
		},
		{
			"gaps", "what patients ask and nothing answers, the most frequent first", atDesk,
			bare[Gaps], as[Gaps],
		},
		{
			"digest", "what the bot learnt this week, and what waits", atDesk, bare[Digest],
			as[Digest],
		},
		{
			"teach ENTRY WORDING",
			"propose a wording of an entry, without anything that names a patient",
			atDesk, parseTeach, as[Teach],
		},
		{
			"publish CODE", "see what a proposal would change, and have the bot learn it",
			atDesk, parsePublish, as[Publish],
		},
		{
			"forget CODE|WORDING", "take back what was proposed or published", atDesk,
			parseForget, as[Forget],
		},
		{
			"taught", "what was proposed and published, and isn't in the files yet", atDesk,
			bare[Taught], as[Taught],
		},
	}
}
