package knowledge_test

import (
	"fmt"

	"github.com/beacon-clinic/beacon/knowledge"
	"github.com/beacon-clinic/beacon/knowledge/replies"
	"github.com/beacon-clinic/beacon/knowledge/screen"
)

// The shipped knowledge answers a question and reads an answer about a visit.
func ExampleLoad() {
	base, err := knowledge.Load(nil)
	if err != nil {
		fmt.Println(err)
		return
	}

	question := base.Read("hi! where can i park my car?", nil)
	if question.Sure > 0 {
		fmt.Println("asks for", question.Entries[0].ID)
	}

	// What a text does may depend on what is known of its writer.
	text := base.Read("yes see you tomorrow", nil)
	fmt.Println("is a", text.In(screen.Context{Visit: true}).Kind)
	fmt.Println("without a visit it is a", text.In(screen.Context{}).Kind)

	fmt.Println("is a", base.Read("i dont want to live anymore", nil).Kind)
	// Output:
	// asks for parking
	// is a confirm
	// without a visit it is a courtesy
	// is a crisis
}

// Sentences are filled from the clinic's settings, and from values of their own.
func ExampleRead() {
	base, err := knowledge.Read(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	text, err := base.Reply(replies.OptedOut, "es", nil)
	fmt.Println(text, err)
	// Output:
	// Ya no recibira mensajes de Beacon Clinic. Para volver a recibirlos, escriba START. Siempre puede llamar al 212-555-0100. <nil>
}
