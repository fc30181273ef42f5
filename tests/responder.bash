# A responder for a test, and what asks it.
# shellcheck shell=bash disable=SC2034,SC2154

responder=$builddir/acmehook-responder
standalone=$srcdir/hooks/standalone

# The responder of root becomes nobody, who has to read the spool: it is where everybody comes to.
responder_setup() {
    [ -x "$responder" ] || skip "built without acmehook-responder"
    command -v dig >/dev/null || skip "dig is not installed"
    own_directory
    unset CHALLENGETYPE
    top=$(mktemp -d /tmp/acmehook-responder.XXXXXX)
    chmod 755 "$top"
    export SPOOL=$top/spool
    mkdir "$SPOOL"
    chmod 755 "$SPOOL"
    zone >r.conf
}

setup() {
    responder_setup
}

teardown() {
    [ -z "${pid:-}" ] || kill -KILL "$pid" 2>/dev/null || :
    [ -z "${top:-}" ] || rm -rf "$top"
    [ ! -e log ] || cat log
}

# zone: a configuration with one
zone() {
    cat <<END
spool = "$SPOOL"
dns = { "127.0.0.1#0" }
http = { "127.0.0.1#0" }
zone "acme.example.net" {
    address = { "192.0.2.1", "2001:db8::1" }
    record = { "www A 192.0.2.7", "here A 127.0.0.1", "@ CAA 0 issue \"letsencrypt.org\"", "a.b.c TXT \"hello world\"" }
}
END
}

within() { # SECONDS COMMAND...: until COMMAND succeeds
    local end=$((SECONDS + $1 + 1))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.05
    done
}

ready() {
    grep -q 'ready:' log || ! kill -0 "$pid"
}

# serve [COMMAND]...: the responder, by that command, with r.conf
serve() {
    "$@" "$responder" --config "$PWD/r.conf" 2>log >out 3>&- &
    pid=$!
    within 20 ready
    port=$(sed -n 's/.*dns at [0-9.]*#\([0-9]*\).*/\1/p' log)
    web=$(sed -n 's/.*http at 127\.0\.0\.1#\([0-9]*\).*/\1/p' log)
    tls=$(sed -n 's/.*tls at 127\.0\.0\.1#\([0-9]*\).*/\1/p' log)
    [ -n "$port$web" ]
}

stop() {
    kill -TERM "$pid"
    status=0
    wait "$pid" || status=$?
    unset pid
}

ask() { # WORD...: of dig
    dig -p "$port" @127.0.0.1 +time=2 +tries=2 "$@"
}
txt() {
    ask +short "$1" TXT | sort
}
txt_is() { # NAME [VALUE]...: sorted
    local name=$1
    shift
    [ "$(txt "$name")" = "$(printf '"%s"\n' "$@" | sed '/^""$/d')" ]
}
status_of() { # WORD...: the response code, and how many answers and authority records
    ask +noall +comments "$@" | sed -n 's/.*status: \([A-Z]*\),.*/\1/p; s/.*ANSWER: \([0-9]*\), AUTHORITY: \([0-9]*\),.*/\1 \2/p' | tr '\n' ' '
}


# hold PORT OCTETS: 1200 connections of which 200 are from one network, each with these octets, and
# one that sends more of them, slowly; until let_go, which wants that as many are held as there may
# be, and that all are closed after 10 s
hold() {
    mkfifo held go
    python3 - "$@" held go >report 3>&- <<'END' &
import socket, sys, time
port, octets = int(sys.argv[1]), sys.argv[2].encode().decode("unicode_escape").encode("latin-1")
def connect(source):
    s = socket.socket()
    s.bind((source, 0))
    s.connect(("127.0.0.1", port))
    s.sendall(octets)
    s.setblocking(False)
    return s
def is_closed(s):
    try:
        return s.recv(100) == b""
    except BlockingIOError:
        return False
    except ConnectionResetError:
        return True
some = [connect("127.9.9.%d" % (i % 4 + 1)) for i in range(200)]
many = [connect("127.8.%d.1" % (i % 40)) for i in range(1000)]
begin = time.monotonic()
slow = connect("127.7.7.7")
open(sys.argv[3], "w").close()
open(sys.argv[4]).close()
waits = [s for s in some + many if not is_closed(s)]
print(len(waits))
while not is_closed(slow):
    try:
        slow.send(octets[-1:])
    except OSError:
        break
    time.sleep(0.2)
print(9 < time.monotonic() - begin < 20)
time.sleep(1)
print(all(map(is_closed, waits)))
END
    holder=$!
    : <held
}

let_go() {
    : >go
    wait "$holder"
    cat report
    [ "$(sed -n 1p report)" -le 512 ]
    [ "$(sed -n 1p report)" -ge 400 ]
    [ "$(sed 1d report)" = "True
True" ]
}
