# acmehook-responder and hooks/standalone: what is in the spool is answered, and nothing else.
load lib

load responder

@test "responder: --version, --help, wrong usage" {
    run "$responder" --version
    status_is 0
    stdout_is "acmehook-responder $version"
    run "$responder" --help
    status_is 0
    [[ $output == "usage: acmehook-responder "* ]]
    for words in --nonsense word "--config"; do
        run --separate-stderr "$responder" $words
        status_is 2
        stdout_is ""
    done
}

@test "responder: what it cannot print is an error" {
    [ -w /dev/full ] || skip "there is no /dev/full"
    for words in --help --version "--delegation example.com"; do
        run -75 bash -c '"$0" --config r.conf '"$words"' >/dev/full' "$responder"
    done
}

@test "responder: errors of the configuration have file, line and a sentence" {
    while IFS='|' read -r line text wanted; do
        printf '%b' "$text" >r.conf
        run --separate-stderr "$responder" --config r.conf --check
        status_is 2
        stderr_has "acmehook-responder: r.conf:$line: "
        stderr_has "$wanted"
    done <<'END'
1|dns = "localhost"|not ADDRESS or ADDRESS#PORT
1|dns = "127.0.0.1#70000"|not ADDRESS or ADDRESS#PORT
2|# one\nspool = "here"|not an absolute path
1|nothing = 1|no such option
1|zone "acme.test" { address = "1.2.3" }|"1.2.3" is not an address
2|zone "acme.test" {\n  record = "www MX 10 x" }|records of type MX are not served here
2|zone "acme.test" {\n  record = "www A ::1" }|no address of type A
2|zone "acme.test" {\n  ns = "a..b" }|not a domain name
2|zone "acme.test" {\n  contact = "me" }|not an address of mail
2|zone "acme.test" {\n  ttl = -1 }|not a number of seconds
1|zone "acme.test" { }|the name server ns.acme.test is in the zone, and has no address
3|\n\nzone "." { }|this is no name
1|zone "a b" { }|not a domain name
2|zone "acme.test" { ns = "ns.test" }\nzone "ACME.test." { ns = "ns.test" }|it is there already
3|zone "acme.test" {\n|a } is missing
END
}

@test "responder: without OpenSSL it says so" {
    [ "$responder_tls" = no ] || skip "built with tls-alpn-01"
    printf '\ntls = "127.0.0.1#0"\n' >r.conf
    run --separate-stderr "$responder" --config r.conf --check
    status_is 2
    stderr_has "r.conf:2: tls: this acmehook-responder was built without OpenSSL, and cannot do tls-alpn-01"
}

@test "responder: without configuration, without anything to do, with one that others can write to" {
    run --separate-stderr "$responder" --config none.conf
    status_is 2
    stderr_has "none.conf: No such file or directory; acmehook-responder(8) has an example"
    echo "spool = \"$SPOOL\"" >r.conf
    run --separate-stderr "$responder" --config r.conf
    status_is 2
    stderr_has "there is nothing to do: neither a zone, nor http or tls"
    zone >r.conf
    chmod 666 r.conf
    run --separate-stderr "$responder" --config r.conf
    status_is 2
    stderr_has "can be written to by everyone"
}

@test "responder: a spool that is not there, or that everybody can write to" {
    chmod 777 "$SPOOL"
    run --separate-stderr "$responder" --config "$PWD/r.conf"
    status_is 2
    stderr_has "everybody can write to the spool $SPOOL"
    rmdir "$SPOOL"
    touch "$SPOOL"
    run --separate-stderr "$responder" --config "$PWD/r.conf"
    status_is 2
    stderr_has "cannot use the spool $SPOOL: Not a directory"
}

@test "responder: a value is answered below each zone, from deploy to clean" {
    zone >r.conf
    echo 'zone "other.test" { ns = "ns.elsewhere.test" }' >>r.conf
    serve
    name=_acme-challenge.www.example.com
    txt_is $name.acme.example.net
    "$standalone" deploy_challenge www.example.com "$token" "$digest"
    within 5 txt_is $name.acme.example.net "$digest"
    txt_is $name.other.test "$digest"
    [ "$(status_of $name TXT)" = "REFUSED 0 0 " ]
    "$standalone" deploy_challenge '*.www.example.com' "$token" "$digest2"
    within 5 txt_is $name.acme.example.net "$digest2" "$digest"
    "$standalone" clean_challenge www.example.com "$token" "$digest"
    within 5 txt_is $name.acme.example.net "$digest2"
    "$standalone" clean_challenge '*.www.example.com' "$token" "$digest2"
    within 5 txt_is $name.acme.example.net
    [ "$(status_of $name.acme.example.net TXT)" = "NXDOMAIN 0 1 " ]
    [ -z "$(ls -A "$SPOOL")" ]
}

@test "responder: a name that is in a zone of its own is answered there only" {
    echo 'zone "_acme-challenge.example.com" { ns = "ns.acme.example.net" }' >>r.conf
    "$standalone" deploy_challenge example.com "$token" "$digest" www.acme.example.net "$token" "$digest2"
    serve
    txt_is _acme-challenge.example.com "$digest"
    txt_is _acme-challenge.example.com.acme.example.net
    txt_is _acme-challenge.www.acme.example.net "$digest2"
    txt_is _acme-challenge.www.acme.example.net.acme.example.net
    [ "$(status_of _acme-challenge.example.com.acme.example.net TXT)" = "NXDOMAIN 0 1 " ]
    [ "$(status_of acme.example.net.acme.example.net SOA)" = "NXDOMAIN 0 1 " ]
}

@test "responder: acmehook verify is content with it" {
    "$standalone" deploy_challenge www.example.com "$token" "$digest"
    serve
    config <<<"authority = \"127.0.0.1#$port\""
    run --separate-stderr "$acmehook" --verify-timeout 5 verify dns-01 www.example.com.acme.example.net "$digest"
    status_is 0
    run --separate-stderr "$acmehook" --verify-timeout 1 verify dns-01 www.example.com.acme.example.net "$digest2"
    [ "$status" -ne 0 ]
}

@test "responder: what there is, what there is not, and what is between" {
    serve
    [ "$(status_of acme.example.net SOA)" = "NOERROR 1 0 " ]
    [ "$(status_of acme.example.net NS)" = "NOERROR 1 0 " ]
    [ "$(status_of acme.example.net CAA)" = "NOERROR 1 0 " ]
    [ "$(status_of ns.acme.example.net AAAA)" = "NOERROR 1 0 " ]
    [ "$(status_of www.acme.example.net AAAA)" = "NOERROR 0 1 " ]
    [ "$(status_of b.c.acme.example.net TXT)" = "NOERROR 0 1 " ]
    [ "$(status_of x.acme.example.net TXT)" = "NXDOMAIN 0 1 " ]
    [ "$(status_of example.org TXT)" = "REFUSED 0 0 " ]
    [ "$(status_of acme.example.net AXFR +tcp)" = "REFUSED 0 0 " ] || ask acme.example.net AXFR | grep 'Transfer failed'
    [ "$(ask +short A.b.C.acme.example.net TXT)" = '"hello world"' ]
    ask +noall +question WwW.aCmE.example.net A | grep 'WwW\.aCmE\.example\.net'
}

@test "responder: the serial of the zone changes with what is in it" {
    serve
    serial() { ask +short acme.example.net SOA | cut -d ' ' -f 3; }
    before=$(serial)
    "$standalone" deploy_challenge example.com "$token" "$digest"
    within 5 txt_is _acme-challenge.example.com.acme.example.net "$digest"
    [ "$(serial)" -gt "$before" ]
}

@test "responder: files that are not ready, or not of the right form, are not served; one line for each" {
    mkdir "$SPOOL/directory"
    ln -s /etc/passwd "$SPOOL/link"
    printf 'dns-01 _acme-challenge.hidden.test %s\n' "$digest" >"$SPOOL/.hidden"
    printf 'dns-01 _acme-challenge.writable.test %s\n' "$digest" >"$SPOOL/writable"
    chmod 666 "$SPOOL/writable"
    while IFS='|' read -r name text; do
        printf '%b' "$text" >"$SPOOL/$name"
    done <<END
binary|dns-01 a.test \\0001\\n
empty|
long|dns-01 a.test $(printf 'x%.0s' {1..5000})\\n
no-newline|dns-01 a.test $digest
no-value|dns-01 a.test\\n
nul|dns-01 a.test x\\0000\\n
odd-name|dns-01 a/b $digest\\n
tls-digest|tls-alpn-01 a.test $key_auth\\n
tls-name|tls-alpn-01 a..test $digest\\n
two-lines|dns-01 a.test $digest\\ndns-01 b.test $digest\\n
type|dns-02 a.test $digest\\n
zz-other-token|http-01 tok $key_auth\\n
zz-token|http-01 ../x ../x.$digest\\n
END
    serve
    for name in hidden writable; do
        txt_is _acme-challenge.$name.test.acme.example.net
    done
    txt_is a.test.acme.example.net
    grep -o "spool/[a-z-]* is not served" log | sort | uniq -c | grep -v '^ *1 ' && false
    for name in directory link writable binary empty long no-newline no-value nul odd-name tls-digest tls-name two-lines type zz-other-token zz-token; do
        grep "$SPOOL/$name is not served: " log
    done
    run ! grep hidden log
    # mended, it is served
    chmod 644 "$SPOOL/writable"
    within 5 txt_is _acme-challenge.writable.test.acme.example.net "$digest"
}

@test "responder: the same value in two files is one, until both are gone" {
    for file in one two; do
        printf 'dns-01 a.test %s\n' "$digest" >"$SPOOL/$file"
    done
    serve
    txt_is a.test.acme.example.net "$digest"
    rm "$SPOOL/one"
    printf 'dns-01 b.test %s\n' "$digest" >"$SPOOL/three"
    within 5 txt_is b.test.acme.example.net "$digest"
    txt_is a.test.acme.example.net "$digest"
    rm "$SPOOL/two"
    within 5 txt_is a.test.acme.example.net
    # a file that is replaced
    printf 'dns-01 b.test %s\n' "$digest2" >"$SPOOL/.new"
    mv "$SPOOL/.new" "$SPOOL/three"
    within 5 txt_is b.test.acme.example.net "$digest2"
}

@test "responder: more changes at once than the kernel keeps are not lost" {
    max=$(cat /proc/sys/fs/inotify/max_queued_events 2>/dev/null) || skip "there is no inotify here"
    [ "$max" -le 50000 ] || skip "the kernel keeps $max events"
    printf 'dns-01 gone.test %s\n' "$digest" >"$SPOOL/gone"
    serve
    txt_is gone.test.acme.example.net "$digest"
    kill -STOP "$pid"
    (cd "$SPOOL" && seq "$max" | awk '{ f = "n" $1; print "dns-01 n" $1 ".test value" >f; close(f) }')
    rm "$SPOOL/gone"
    kill -CONT "$pid"
    within 20 txt_is "n$max.test.acme.example.net" value
    within 20 txt_is gone.test.acme.example.net
    txt_is n1.test.acme.example.net value
}

@test "responder: the spool is taken away" {
    serve
    rm -r "$SPOOL"
    ended() { ! kill -0 "$pid" 2>/dev/null; }
    within 5 ended
    status=0
    wait "$pid" || status=$?
    unset pid
    [ "$status" = 75 ]
    grep "the spool $SPOOL was taken away" log
}

@test "responder: http-01, and nothing else" {
    command -v curl >/dev/null || skip "curl is not installed"
    "$standalone" deploy_challenge example.com "$token" "$key_auth"
    serve
    url=http://127.0.0.1:$web/.well-known/acme-challenge
    [ "$(curl -fsS "$url/$token")" = "$key_auth" ]
    curl -fsSI "$url/$token" | grep -i "^content-length: ${#key_auth}"
    for path in "$url/" "$url" "$url/none" "$url/$token/" "$url/../acme-challenge" "http://127.0.0.1:$web/" "$url/x$(printf 'x%.0s' {1..3000})"; do
        [ "$(curl --path-as-is -s -o /dev/null -w '%{http_code}' "$path")" = 404 ]
    done
    [ "$(curl -s -o /dev/null -w '%{http_code}' -X POST -d "$(printf 'x%.0s' {1..100000})" "$url/$token")" = 405 ]
    [ "$(curl -s -o /dev/null -w '%{http_code}' -X DELETE "$url/$token")" = 405 ]
    "$standalone" clean_challenge example.com "$token" "$key_auth"
    gone() { [ "$(curl -s -o /dev/null -w '%{http_code}' "$url/$token")" = 404 ]; }
    within 5 gone
}

@test "responder: many queries over one connection of TCP, in pieces" {
    serve
    run python3 - "$port" <<'END'
import socket, struct, sys
name = b"\3www\4acme\7example\3net\0"
query = struct.pack("!6H", 7, 0, 1, 0, 0, 0) + name + b"\0\1\0\1"
message = struct.pack("!H", len(query)) + query
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
s.sendall(message * 50 + message[:9])
s.sendall(message[9:] + message * 49)
data = b""
while data.count(b"\xc0\0\2\7") < 100:
    data += s.recv(65536)
print(len(data) == 100 * (2 + len(query) + 16))
END
    stdout_is True
}

@test "responder: connections of one address are limited, and do not keep others out" {
    serve
    run python3 - "$port" <<'END'
import socket, sys, time
def connect(source):
    s = socket.socket()
    s.bind((source, 0))
    s.connect(("127.0.0.1", int(sys.argv[1])))
    return s
held = [connect("127.9.9.9") for _ in range(200)]
time.sleep(2)
def is_closed(s):
    s.settimeout(0.01)
    try:
        return s.recv(1) == b""
    except socket.timeout:
        return False
    except ConnectionResetError:
        return True
closed = sum(map(is_closed, held))
other = connect("127.0.0.1")
other.sendall(b"\0\x22" + b"\0\7\0\0\0\1\0\0\0\0\0\0" + b"\4acme\7example\3net\0\0\6\0\1")
other.settimeout(5)
print(closed, len(other.recv(4096)) > 34)
END
    stdout_is "136 True"
}

@test "responder: a connection on which nothing comes is closed" {
    serve
    run python3 - "$port" <<'END'
import socket, sys, time
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
begin = time.monotonic()
s.sendall(b"\0")
s.settimeout(30)
print(s.recv(1) == b"", 9 < time.monotonic() - begin < 15)
END
    stdout_is "True True"
}

@test "responder: connections that are held keep nobody out, and end after 10 s: DNS" {
    serve
    hold "$port" '\0\x40\7'
    for _ in 1 2 3; do
        [ "$(ask +short +tcp www.acme.example.net A)" = 192.0.2.7 ]
    done
    let_go
}

@test "responder: connections that are held keep nobody out, and end after 10 s: HTTP" {
    command -v curl >/dev/null || skip "curl is not installed"
    "$standalone" deploy_challenge example.com "$token" "$key_auth"
    serve
    hold "$web" 'GET /.well-known/acme-challenge/'
    for _ in 1 2 3; do
        [ "$(curl -fsS "http://127.0.0.1:$web/.well-known/acme-challenge/$token")" = "$key_auth" ]
    done
    let_go
}

@test "responder: connections never take the files with which the spool is read" {
    serve bash -c 'ulimit -n 300 && exec "$@"' -
    hold "$port" '\0\x40\7'
    "$standalone" deploy_challenge example.com "$token" "$digest"
    within 5 txt_is _acme-challenge.example.com.acme.example.net "$digest"
    [ "$(ask +short +tcp www.acme.example.net A)" = 192.0.2.7 ]
    kill "$holder"
    stop
    run ! grep 'Too many open files' log
}

@test "responder: long answers by UDP are few, then TCP is asked for; short ones are not limited" {
    for i in {10..29}; do
        printf 'dns-01 many.test %s\n' "${digest%??}$i" >"$SPOOL/$i"
    done
    serve
    [ "$(ask +short +notcp many.test.acme.example.net TXT | wc -l)" = 20 ]
    run python3 - "$port" <<'END'
import socket, sys
name = b"\4many\4test\4acme\7example\3net\0"
query = b"\0\7\0\0\0\1\0\0\0\0\0\1" + name + b"\0\x10\0\1" + b"\0\0\x29\4\xd0\0\0\0\0\0\0"
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(5)
long = short = 0
for _ in range(200):
    s.sendto(query, ("127.0.0.1", int(sys.argv[1])))
    answer = s.recv(4096)
    truncated = answer[2] & 2
    long += not truncated and len(answer) > 1000
    short += bool(truncated) and len(answer) == len(query)
print(long + short, 20 <= long <= 60)
END
    stdout_is "200 True"
    [ "$(ask +short +tcp many.test.acme.example.net TXT | wc -l)" = 20 ]
    [ "$(ask +short www.acme.example.net A)" = 192.0.2.7 ]
}

@test "responder: a flood from one address does not stop answers to another" {
    command -v dnsperf >/dev/null || skip "dnsperf is not installed"
    serve
    echo "www.acme.example.net A" >queries
    dnsperf -s 127.0.0.1 -p "$port" -a 127.9.9.9 -d queries -l 6 -c 4 -q 1000 >flood 2>&1 3>&- &
    flood=$!
    answered=0
    for i in {1..20}; do
        [ "$(dig -p "$port" @127.0.0.1 +time=1 +tries=2 +short www.acme.example.net A)" = 192.0.2.7 ] && answered=$((answered + 1))
    done
    wait "$flood"
    cat flood
    [ "$answered" = 20 ]
    [ "$(sed -n 's/.*Queries completed: *\([0-9]*\) .*/\1/p' flood)" -gt 1000 ]
}

@test "responder: answers come from the address that was asked" {
    sed -i 's/"127.0.0.1#0"/"0.0.0.0#0"/' r.conf
    serve
    [ "$(dig -p "$port" @127.3.2.1 +time=2 +short www.acme.example.net A)" = 192.0.2.7 ]
}

@test "responder: systemd's sockets, and what it is told" {
    sed -i '/^dns\|^http/d' r.conf
    cat >activate.py <<'END'
import os, socket, sys
tcp, udp, web, note = socket.socket(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM), socket.socket(), None
tcp.bind(("127.0.0.1", 0)); tcp.listen()
udp.bind(tcp.getsockname())
web.bind(("127.0.0.1", 0)); web.listen()
note = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
note.bind("notify")
if os.fork() == 0:
    note.settimeout(20)
    open("notified", "w").write(note.recv(100).decode())
    os._exit(0)
passed = [udp, tcp, web]
names = "dns:dns:http"
if sys.argv[1] == "tls":
    tls = socket.socket()
    tls.bind(("127.0.0.1", 0)); tls.listen()
    passed.append(tls)
    names += ":tls"
for fd, s in enumerate(passed):
    os.dup2(s.fileno(), fd + 13)
for fd in range(3, 3 + len(passed)):
    os.dup2(fd + 10, fd)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(passed)), LISTEN_FDNAMES=names, NOTIFY_SOCKET=os.path.abspath("notify"))
os.execv(sys.argv[2], sys.argv[2:])
END
    with=none
    [ "$responder_tls" = no ] || with=tls
    serve python3 activate.py "$with"
    [ "$(ask +short www.acme.example.net A)" = 192.0.2.7 ]
    [ "$(ask +short +tcp www.acme.example.net A)" = 192.0.2.7 ]
    notified() { [ "$(cat notified)" = READY=1 ]; }
    within 5 notified
    [ -n "$web" ]
    [ "$with" = none ] || [ -n "$tls" ]
}

@test "responder: sockets of systemd that it cannot use are refused" {
    cat >activate.py <<'END'
import os, socket, sys
kind, name = sys.argv[1:3]
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM if kind == "datagram" else socket.SOCK_STREAM)
s.bind(("127.0.0.1", 0))
if kind == "listening":
    s.listen()
os.dup2(s.fileno(), 3)
os.set_inheritable(3, True)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1", LISTEN_FDNAMES=name)
os.execv(sys.argv[3], sys.argv[3:])
END
    while IFS='|' read -r kind name wanted; do
        run --separate-stderr python3 activate.py "$kind" "$name" "$responder" --config "$PWD/r.conf"
        status_is 2
        stderr_has "acmehook-responder: the socket 3 of systemd: $wanted"
    done <<'END'
datagram|http|it is of the wrong kind
silent|http|it is of the wrong kind
silent|dns|it is of the wrong kind
listening|other|it has no FileDescriptorName of dns, http or tls
END
}

@test "responder: it has no rights, once it serves; SIGTERM ends it" {
    serve
    grep -E '^NoNewPrivs:\s1' "/proc/$pid/status"
    if [ "$sanitizers" != yes ]; then
        grep -E '^Seccomp:\s2' "/proc/$pid/status"
    fi
    if [ "$(id -u)" = 0 ] && [ "$(stat -c %u /proc/self)" = 0 ]; then
        grep -E '^CapEff:\s0+$' "/proc/$pid/status"
    fi
    stop
    [ "$status" = 0 ]
}

@test "responder: a capability that it was given for its ports is gone, once it serves" {
    [ "$(id -u)" = 0 ] || skip "only root can give one"
    command -v setpriv >/dev/null || skip "setpriv is not installed"
    given=(setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps +net_bind_service --ambient-caps +net_bind_service)
    "${given[@]}" grep -E '^CapEff:.*400$' /proc/self/status && "${given[@]}" "$responder" --version || skip "not here"
    cp r.conf "$top"
    cd "$top"
    serve "${given[@]}"
    for set in CapInh CapPrm CapEff CapAmb; do
        grep -E "^$set:\s0+$" "/proc/$pid/status"
    done
}

@test "responder: --delegation prints the records that lead here" {
    run --separate-stderr "$responder" --config r.conf --delegation '*.Example.com'
    status_is 0
    printf '%s\n' "$output" >records
    file_is records <<'END'
; For example.com, in the zone it is in:
_acme-challenge.example.com. 3600 IN CNAME _acme-challenge.example.com.acme.example.net.

; Once, for all domains, in the zone above acme.example.net:
acme.example.net. 3600 IN NS ns.acme.example.net.
ns.acme.example.net. 3600 IN A 192.0.2.1
ns.acme.example.net. 3600 IN AAAA 2001:db8::1

; Or, in the place of the CNAME, with
;     zone "_acme-challenge.example.com" { ns = "ns.acme.example.net" }
; in the configuration:
_acme-challenge.example.com. 3600 IN NS ns.acme.example.net.
END
    if command -v named-checkzone >/dev/null; then
        { echo "\$ORIGIN ." && echo "@ 1 SOA a. b. 1 1 1 1 1" && echo "@ 1 NS a." && echo "a. 1 A 192.0.2.1" && head -n -1 records; } >root.zone
        named-checkzone -i none . root.zone
    fi
    run --separate-stderr "$responder" --config r.conf --delegation 'a b'
    status_is 2
    echo 'zone "_acme-challenge.example.com" { ns = "ns.acme.example.net" }' >>r.conf
    run --separate-stderr "$responder" --config r.conf --delegation example.com
    stdout_is "; For example.com, in the zone it is in:
_acme-challenge.example.com. 3600 IN NS ns.acme.example.net."
}

# --- hooks/standalone

@test "standalone: clean by shellcheck, and explains itself" {
    ! command -v shellcheck >/dev/null || shellcheck -s sh "$standalone"
    run "$standalone" --help
    status_is 0
    [[ ${lines[0]} == "standalone: publishes "* ]]
    run "$standalone" nothing-it-knows a b
    status_is 0
    stdout_is ""
    run "$standalone"
    status_is 2
}

@test "standalone: one file for each value, that everybody can read, under umask 077" {
    rmdir "$SPOOL"
    hex=aa:bb:cc
    (umask 077 && "$standalone" deploy_challenge Example.com "$token" "$digest" www.example.com "$token" "$key_auth" \
        '*.example.com' "$token" "$digest2" 2001:db8::1 "$token" "$hex")
    [ "$(stat -c %a "$SPOOL")" = 755 ]
    [ "$(stat -c %a "$SPOOL"/* | sort -u)" = 644 ]
    cat "$SPOOL"/* | sort >files
    file_is files <<END
dns-01 _acme-challenge.Example.com $digest
dns-01 _acme-challenge.example.com $digest2
http-01 $token $key_auth
tls-alpn-01 2001:db8::1 $hex
END
    [ -z "$(find "$SPOOL" -name '.*' -type f)" ]
    "$standalone" clean_challenge Example.com "$token" "$digest" www.example.com "$token" "$key_auth" \
        '*.example.com' "$token" "$digest2" 2001:db8::1 "$token" "$hex"
    [ -z "$(ls -A "$SPOOL")" ]
    CHALLENGETYPE=tls-alpn-01 "$standalone" deploy_challenge a.test "$token" "$digest"
    [ "$(cat "$SPOOL"/*)" = "tls-alpn-01 a.test $digest" ]
    CHALLENGETYPE=tls-alpn-01 "$standalone" clean_challenge a.test "$token" "$digest"
    [ -z "$(ls -A "$SPOOL")" ]
}

@test "standalone: the longest names and tokens have files" {
    long=$(printf '%s.' {a,b,c}"$(printf 'x%.0s' {1..60})")example
    "$standalone" deploy_challenge "$long" "$(printf 't%.0s' {1..128})" "$(printf 't%.0s' {1..128}).$digest" "$long" t "$digest"
    [ "$(ls "$SPOOL" | wc -l)" = 2 ]
    CHALLENGETYPE=http-01 "$standalone" clean_challenge "$long" "$(printf 't%.0s' {1..128})" "$(printf 't%.0s' {1..128}).$digest"
    "$standalone" clean_challenge "$long" t "$digest"
    [ -z "$(ls -A "$SPOOL")" ]
}

@test "standalone: what is not a challenge is refused, and nothing is left of what fails" {
    while IFS='|' read -r domain token value; do
        run "$standalone" deploy_challenge good.test t "$digest" "$domain" "$token" "$value"
        status_is 2
    done <<END
a b|t|$digest
../x|t|$digest
|t|$digest
a.test|t|x y
a.test|t|
a.test|../t|../t.$digest
a.test|t|u.$digest
a.test|t|t.
a.test|t|aa:bb/cc
END
    run "$standalone" deploy_challenge a.test t
    status_is 2
    CHALLENGETYPE=dns-persist-01 run "$standalone" deploy_challenge a.test t "$digest"
    status_is 2
    CHALLENGETYPE=tls-alpn-01 run "$standalone" deploy_challenge a.test t "$key_auth"
    status_is 2
    [ -z "$(ls -A "$SPOOL")" ]
    mkdir "$SPOOL/dns-01.$digest2.b.test"
    run "$standalone" deploy_challenge a.test t "$digest" b.test t "$digest2"
    status_is 1
    [ "$(ls "$SPOOL")" = "dns-01.$digest2.b.test" ]
}

@test "responder: the example, and the configuration in the manual, are accepted" {
    "$responder" --config "$srcdir/examples/acmehook-responder.conf" --check
    sed -n '/^zone.*{/p' "$srcdir/man/acmehook-responder.8" >r.conf
    [ -s r.conf ]
    "$responder" --config r.conf --check
}
