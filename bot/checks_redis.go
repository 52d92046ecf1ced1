package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/beacon-clinic/beacon/bot/redis"
)

const (
	redisFloor = 7               // the oldest major version of Redis that will do
	redisSkew  = 2 * time.Second // how far its clock may be off before it is said
	redisFull  = 90              // percent of its memory from which it is said
)

// checkWrite asks Redis to take a write, without which Beacon answers danger only.
func (a *app) checkWrite(ctx context.Context) []finding {
	if err := a.store.Writable(ctx); err != nil {
		return []finding{redisFault(checkWrite, "it takes no writes", err)}
	}
	return []finding{good(checkWrite, "it takes writes")}
}

// checkRead asks Redis for an answer. A Redis that can be read may still take no writes.
func (a *app) checkRead(ctx context.Context) []finding {
	const name = "redis read"
	if err := a.store.Ready(ctx); err != nil {
		return []finding{redisFault(name, "it can't be read", err)}
	}
	return []finding{good(name, "it can be read")}
}

// redisFault says what is wrong with Redis by the word that it gives for it.
func redisFault(name, what string, err error) finding {
	do, known := map[string]string{
		"": "See that Redis runs, and that REDIS_URL names it." +
			" Texts of danger are answered meanwhile, all others refused.",
		"OOM":        "Its memory is full: give it more (maxmemory), or find what else fills it.",
		"READONLY":   "It is a replica: let REDIS_URL name the primary.",
		"NOREPLICAS": "It waits for its replicas (min-replicas-to-write): bring them back.",
		"MISCONF":    "It can't write to its disk: see its log and the space there.",
		"LOADING":    "It reads its file after a start: wait.",
		"NOAUTH":     redisRights,
		"WRONGPASS":  redisRights,
		"NOPERM":     redisRights,
	}[redis.Word(err)]
	if !known {
		do = "See the log of Redis."
	}
	return bad(name, what+": "+plain(err), do)
}

const redisRights = "Put the user and the password into REDIS_URL;" +
	" the user needs all commands on keys that begin with {beacon}:."

// checkServer asks the server how it is set up.
func (a *app) checkServer(ctx context.Context) []finding {
	s, err := a.store.Server(ctx)
	if err != nil {
		return []finding{skip("redis server", plain(err))}
	}
	return []finding{
		good("redis server", "it tells how it is set up"),
		judgeVersion(s), judgeRole(s), judgeEviction(s), judgePersistence(s), judgeMemory(s),
		clock("redis clock", "its clock", s.Skew, redisSkew),
	}
}

// checkSeal asks with which key what Redis holds is sealed.
func (a *app) checkSeal(ctx context.Context) []finding {
	const name = "redis seal"
	seal, err := a.store.Sealed(ctx)
	switch {
	case errors.Is(err, redis.ErrKey):
		f := bad(name, plain(err), "Add that key to BEACON_KEYS, behind the newest one.")
		f.Fatal = true
		return []finding{f}
	case err != nil:
		return []finding{skip(name, plain(err))}
	case seal.Keys && seal.By == "":
		return []finding{warn(name, "what was stored before there were keys lies in clear",
			"Run bot keys rotate.")}
	case seal.By == "":
		return []finding{warn(name, "names, numbers and words lie in clear in Redis and its backups",
			"Set BEACON_KEYS to what bot keys new prints, then run bot keys rotate.")}
	case !seal.Newest:
		return []finding{warn(name, "the key "+seal.By+" is still needed",
			"Run bot keys rotate, once every bot knows the newest key.")}
	}
	return []finding{good(name, "sealed with the key "+seal.By)}
}

func judgeVersion(s redis.Server) finding {
	const name = "redis version"
	switch {
	case s.Version == "":
		return skip(name, "the server doesn't tell")
	case s.Major < redisFloor:
		f := bad(name, "Redis "+s.Version+" is too old",
			fmt.Sprintf("Upgrade it to %d.0 or newer.", redisFloor))
		f.Fatal = true
		return f
	}
	return good(name, s.Version)
}

func judgeRole(s redis.Server) finding {
	const name = "redis role"
	if !s.Replica {
		return good(name, "it is the primary")
	}
	f := bad(name, "it is a replica", "Let REDIS_URL name the primary.")
	f.Fatal = true
	return f
}

func judgeEviction(s redis.Server) finding {
	const name = "redis eviction"
	switch s.Policy {
	case "noeviction":
		return good(name, s.Policy)
	case "":
		return skip(name, "the server doesn't tell its maxmemory-policy: see that it is noeviction")
	}
	f := bad(name, "maxmemory-policy is "+s.Policy+
		": with its memory full Redis throws away visits, opt-outs and cases, without a word",
		"Set maxmemory-policy noeviction: a full Redis then refuses writes, which is seen.")
	if s.Max == 0 { // it has no limit to come to
		f.Level = warned
	}
	return f
}

func judgePersistence(s redis.Server) finding {
	const name = "redis persistence"
	switch {
	case !s.Appends:
		return warn(name, "it keeps no append-only file:"+
			" a restart of it loses what came since its last snapshot",
			"Set appendonly yes and appendfsync always.")
	case s.Fsync == "":
		return good(name, "it keeps an append-only file; how often it syncs that it doesn't tell")
	case s.Fsync != "always":
		return warn(name, "it writes to disk now and then (appendfsync "+s.Fsync+
			"): when it is killed, up to two seconds can be lost", "Set appendfsync always.")
	}
	return good(name, "every write is on disk before it counts")
}

func judgeMemory(s redis.Server) finding {
	const name = "redis memory"
	if s.Max == 0 {
		return good(name, "it has no limit")
	}
	percent := 100 * s.Used / s.Max
	what := fmt.Sprintf("%d %% of %d MB are used", percent, s.Max>>20)
	if percent < redisFull {
		return good(name, what)
	}
	return warn(name, what, "Give it more (maxmemory): when it is full, it takes no writes.")
}
