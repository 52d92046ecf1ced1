package main

// knowledgeCommand groups the commands on the clinic's words. They are for whoever edits the words,
// and need no Redis and no account.
type knowledgeCommand struct {
	Init      initCommand            `cmd:"" help:"Write the words that are built in into a directory, as the start of your own."`
	Check     checkCommand           `cmd:"" help:"Report every fault of the clinic's words: file, line, what to do."`
	Eval      evalCommand            `cmd:"" help:"Measure the base on questions whose entry is known."`
	Export    knowledgeExportCommand `cmd:"" help:"Write what staff have published into the files, for review."`
	Compile   compileCommand         `cmd:"" help:"Learn from the words and write their model file; it takes minutes."`
	Decisions decisionsCommand       `cmd:"" help:"Show what the bot does with some 200 texts."`
	Print     printCommand           `cmd:"" help:"Write all that patients can be sent as a page to print, read and sign."`
}
