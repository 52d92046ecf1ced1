package slacktest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// File is a file that the bot uploaded.
type File struct {
	ID, Name, Title, Alt string
	Content              []byte
	Channel, Thread      string // where it was shared; "" nowhere, so that only the bot has it
	length               int
	sent, done           bool
}

// ref returns the file as a message shows it.
func (x File) ref() FileRef { return FileRef{ID: x.ID, Name: x.Name, Title: x.Title} }

// Files returns the files whose upload was completed, oldest first.
func (f *Slack) Files() []File {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all []File
	for _, x := range f.files {
		if x.done {
			all = append(all, *x)
		}
	}
	return all
}

// file returns a file by its id; nil if there is none. The lock is held.
func (f *Slack) file(id string) *File {
	for _, x := range f.files {
		if x.ID == id {
			return x
		}
	}
	return nil
}

// uploadURL is files.getUploadURLExternal, the first step of an upload. The lock is held. source:
// https://docs.slack.dev/reference/methods/files.getUploadURLExternal
func (f *Slack) uploadURL(args url.Values) (reply, string) {
	n, err := strconv.Atoi(args.Get("length"))
	if err != nil || n < 1 || args.Get("filename") == "" {
		return nil, "invalid_arguments"
	}
	x := &File{
		ID: fmt.Sprintf("F%d", f.next()), Name: args.Get("filename"), Alt: args.Get("alt_txt"),
		length: n,
	}
	f.files = append(f.files, x)
	return reply{"upload_url": f.server.URL + "/upload/" + x.ID, "file_id": x.ID}, ""
}

// serveUpload is the second step: POST /upload/{id} with the file's bytes, raw or as a form.
func (f *Slack) serveUpload(w http.ResponseWriter, r *http.Request) {
	content, err := received(r)
	f.mu.Lock()
	defer f.mu.Unlock()
	x := f.file(r.PathValue("id"))
	switch {
	case x == nil || x.sent:
		http.Error(w, "no such upload", http.StatusNotFound)
	case err != nil || len(content) != x.length:
		http.Error(w, "not as long as announced", http.StatusBadRequest)
	default:
		x.Content, x.sent = content, true
		_, _ = fmt.Fprintf(w, "OK - %d", len(content))
	}
}

// received returns the bytes of an upload.
func received(r *http.Request) ([]byte, error) {
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		return io.ReadAll(r.Body)
	}
	if err := r.ParseMultipartForm(1 << 20); err != nil {
		return nil, err
	}
	for _, parts := range r.MultipartForm.File {
		part, err := parts[0].Open()
		if err != nil {
			return nil, err
		}
		defer func() { _ = part.Close() }() // only read
		return io.ReadAll(part)
	}
	return nil, http.ErrMissingFile
}

// completeUpload is files.completeUploadExternal, the last step: it shares files in a channel, a
// thread or nowhere. A user's id in place of a channel's is the direct message with them. The lock
// is held. source: https://docs.slack.dev/reference/methods/files.completeUploadExternal
func (f *Slack) completeUpload(args url.Values) (reply, string) {
	var list []struct{ ID, Title string }
	if json.Unmarshal([]byte(args.Get("files")), &list) != nil || len(list) == 0 {
		return nil, "invalid_arguments"
	}
	channel, thread := args.Get("channel_id"), args.Get("thread_ts")
	if channel == "" {
		channel = args.Get("channels")
	}
	if strings.HasPrefix(channel, "U") {
		channel = f.direct(channel)
	}
	if channel != "" {
		if code := f.closed(channel, true); code != "" {
			return nil, code
		}
		if thread != "" && f.find(channel, thread) == nil {
			return nil, "thread_not_found"
		}
	}
	m := Message{
		Channel: channel, ThreadTS: thread, User: BotUser, BotID: BotID,
		Text: args.Get("initial_comment"), Blocks: raw(args.Get("blocks")),
	}
	for _, one := range list {
		if x := f.file(one.ID); x == nil || !x.sent || x.done {
			return nil, "file_not_found"
		}
	}
	for _, one := range list {
		x := f.file(one.ID)
		x.Title, x.Channel, x.Thread, x.done = one.Title, channel, thread, true
		m.Files = append(m.Files, x.ref())
	}
	if channel != "" {
		f.add(m)
	}
	return reply{"files": m.Files}, ""
}

// fileInfo is files.info. The lock is held.
func (f *Slack) fileInfo(args url.Values) (reply, string) {
	x := f.file(args.Get("file"))
	if x == nil || !x.done {
		return nil, "file_not_found"
	}
	return reply{"file": x.ref()}, ""
}

// deleteFile is files.delete. The lock is held.
func (f *Slack) deleteFile(args url.Values) (reply, string) {
	id := args.Get("file")
	if f.file(id) == nil {
		return nil, "file_not_found"
	}
	f.files = slices.DeleteFunc(f.files, func(x *File) bool { return x.ID == id })
	return reply{}, ""
}
