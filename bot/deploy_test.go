package main

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/beacon-clinic/beacon/bot/redis"
)

// service is what these tests read of a service of the compose files in deploy/.
type service struct {
	Image       string
	Command     []string
	Environment map[string]string
	EnvFile     string `yaml:"env_file"`
	Volumes     []string
	Ports       []string
	ReadOnly    bool     `yaml:"read_only"`
	CapDrop     []string `yaml:"cap_drop"`
	SecurityOpt []string `yaml:"security_opt"`
	Restart     string
	Grace       string `yaml:"stop_grace_period"`
}

func composed(t *testing.T, name string) (services map[string]service, volumes map[string]any) {
	t.Helper()
	var file struct {
		Services map[string]service
		Volumes  map[string]any
	}
	if err := yaml.Unmarshal([]byte(read(t, "../deploy/"+name)), &file); err != nil {
		t.Fatal(err)
	}
	return file.Services, file.Volumes
}

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// variables are those that a bot reads.
func variables() (out []string) {
	for f := range reflect.TypeFor[Config]().Fields() {
		out = append(out, f.Tag.Get("env"))
	}
	return out
}

// Every service is shut in, starts again by itself, and stands on volumes that there are; none but
// the proxy is reached from outside.
func TestComposeIsShutIn(t *testing.T) {
	for file, size := range map[string]int{"compose.yaml": 10, "small.yaml": 3} {
		services, volumes := composed(t, file)
		if len(services) != size {
			t.Errorf("%s: %d services", file, len(services))
		}
		for name, s := range services {
			if !s.ReadOnly || s.Restart != "always" || !slices.Equal(s.CapDrop, []string{"ALL"}) ||
				!slices.Equal(s.SecurityOpt, []string{"no-new-privileges:true"}) {
				t.Errorf("%s isn't shut in, or doesn't start again: %+v", name, s)
			}
			if len(s.Ports) > 0 && name != "proxy" {
				t.Errorf("%s is reached from outside: %v", name, s.Ports)
			}
			for _, v := range s.Volumes {
				from, _, _ := strings.Cut(v, ":")
				if _, known := volumes[from]; !known && !strings.HasPrefix(from, "./") {
					t.Errorf("%s: no volume %s", name, from)
				}
			}
		}
	}
}

// The one bot of deploy/small.yaml gets variables that it reads, and the Redis beside it, which
// start.sh starts; the proxy knows the bot.
func TestComposeOfOneBot(t *testing.T) {
	services, _ := composed(t, "small.yaml")
	bot, db := services["bot"], services["redis"]
	for v := range bot.Environment {
		if !slices.Contains(variables(), v) {
			t.Errorf("%s: nothing reads it", v)
		}
	}
	url := strings.ReplaceAll(bot.Environment["REDIS_URL"], "${REDIS_PASSWORD}", "pw")
	o, err := redis.Options(url)
	if err != nil || !slices.Equal(o.Addrs, []string{"redis:6379"}) || o.Password != "pw" {
		t.Errorf("%v %v", o, err)
	}
	if bot.EnvFile != "bot.env" || bot.Grace != "10s" ||
		services["proxy"].Environment["BEACON_BOTS"] != "bot:"+bot.Environment["PORT"] {
		t.Errorf("%+v %+v", bot, services["proxy"])
	}
	if db.Environment["ROLE"] != "one" || !slices.Equal(db.Command, []string{"sh", "/beacon/start.sh"}) ||
		!slices.Equal(db.Volumes, []string{"./redis:/beacon:ro", "redis:/data"}) {
		t.Errorf("%+v", db)
	}
}

// The bots of deploy/compose.yaml get variables that they read, and a REDIS_URL that names its
// Sentinels; the proxy knows each bot.
func TestComposeOfTheBots(t *testing.T) {
	services, _ := composed(t, "compose.yaml")
	proxy := read(t, "../deploy/Caddyfile")
	for _, name := range []string{"bot-1", "bot-2", "bot-3"} {
		s := services[name]
		for v := range s.Environment {
			if !slices.Contains(variables(), v) {
				t.Errorf("%s: %s: nothing reads it", name, v)
			}
		}
		if s.EnvFile != "bot.env" || s.Grace != "10s" {
			t.Errorf("%s: %+v", name, s)
		}
		url := strings.ReplaceAll(s.Environment["REDIS_URL"], "${REDIS_PASSWORD}", "pw")
		o, err := redis.Options(url)
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"sentinel-1:26379", "sentinel-2:26379", "sentinel-3:26379"}
		if !slices.Equal(o.Addrs, want) || o.MasterName != "beacon" || o.Password != "pw" ||
			o.SentinelPassword != "pw" {
			t.Errorf("%s: %v %s", name, o.Addrs, o.MasterName)
		}
		bots := strings.Fields(services["proxy"].Environment["BEACON_BOTS"])
		if !slices.Contains(bots, name+":"+s.Environment["PORT"]) {
			t.Errorf("the proxy doesn't know %s:%s", name, s.Environment["PORT"])
		}
	}
	for _, path := range []string{"/twilio/*", "/slack/*", "/readyz", " {$BEACON_BOTS} "} {
		if !strings.Contains(proxy, path) {
			t.Errorf("the proxy doesn't have %s", path)
		}
	}
}

// Each server and Sentinel of deploy/compose.yaml starts by the script that the tests of
// bot/redis run, under its own name, on a volume of its own.
func TestComposeOfRedis(t *testing.T) {
	services, _ := composed(t, "compose.yaml")
	script := read(t, "../deploy/redis/start.sh")
	for name, s := range services {
		role, _, _ := strings.Cut(name, "-")
		if role != "redis" && role != "sentinel" {
			continue
		}
		if s.Environment["ROLE"] != role || s.Environment["HOST"] != name ||
			s.Environment["PRIMARY"] != "redis-1" ||
			!slices.Equal(s.Command, []string{"sh", "/beacon/start.sh"}) ||
			!slices.Equal(s.Volumes, []string{"./redis:/beacon:ro", name + ":/data"}) {
			t.Errorf("%s: %+v", name, s)
		}
		for v := range s.Environment {
			if !strings.Contains(script, "$"+v) && !strings.Contains(script, "${"+v) {
				t.Errorf("%s: %s: the script doesn't read it", name, v)
			}
		}
	}
	conf := "\n" + read(t, "../deploy/redis/durable.conf") + read(t, "../deploy/redis/redis.conf")
	for _, want := range []string{
		"appendonly yes", "appendfsync always", "maxmemory-policy noeviction",
		"min-replicas-to-write 1",
	} {
		if !strings.Contains(conf, "\n"+want+"\n") {
			t.Errorf("Redis' configuration: no line %q", want)
		}
	}
}

// What is built for patients anywhere is built without the sandbox and for no machine of its own.
func TestWhatIsBuiltForPatients(t *testing.T) {
	build := regexp.MustCompile(`go build .*-o \S+ \./bot`)
	for name, want := range map[string][]string{
		"../Dockerfile":            {"CGO_ENABLED=0 go build -tags live -trimpath ", "USER 65532:"},
		"../.ci/release":           {"CGO_ENABLED=0 go build -tags live -trimpath -buildvcs=true "},
		"../Makefile":              {"go build -tags live -trimpath "},
		"../.ci/run":               {"go build -tags live "},
		"../Procfile":              {"web: bin/bot"},
		"../deploy/beacon.service": {"ExecStart=/usr/local/bin/bot", "DynamicUser=yes"},
	} {
		text := read(t, name)
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s: no %q", name, w)
			}
		}
		for _, b := range build.FindAllString(text, -1) {
			if !strings.Contains(b, "-tags live") {
				t.Errorf("%s: %s: with the sandbox", name, b)
			}
		}
	}
}
