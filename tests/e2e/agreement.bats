#!/usr/bin/env bats
# What acmehook says beforehand is what a CA says then: pebble, for as many cases as it can be put
# into. By pebble's rules they agree in all of them; by Let's Encrypt's in all but a few, which are
# listed here.

setup_file() {
    . "$BATS_TEST_DIRNAME/lab/lab.bash"
    lab_up
}

teardown_file() {
    lab_down
}

setup() {
    . "$BATS_TEST_DIRNAME/lab/lab.bash"
    need pebble openssl curl
    in_lab python3 -c 'import acme' || cannot "the Python module acme is not installed"
    cd "$BATS_TEST_TMPDIR"
    configuration </dev/null
    # instead of the laboratory's own
    teardown() {
        printf '%s\n' "stdout: ${output:-}" "stderr: ${stderr:-}"
        # The servers that read it end with it.
        [ -z "${pipe:-}" ] || exec {pipe}>&-
        [ -z "${pebble:-}" ] || in_lab kill "$pebble"
        wait "${jobs[@]}" || :
    }
}

# serve NAME PROGRAM [WORD...]: in the laboratory, until the test ends; NAME.ports has what it prints
serve() {
    local name=$1
    shift
    mkfifo "$name.out"
    in_lab "$@" <pipe >"$name.out" 3>&- {pipe}>&- &
    jobs+=("$!")
    head -n 1 "$name.out" >"$name.ports"
}

# Name and web server, and a pebble that asks these and nobody else.
servers() {
    mkfifo pipe
    exec {pipe}<>pipe
    : >web
    cat >names <<END
v6bad.example.org AAAA aaaa ::1
two.example.org A a 127.0.0.1 127.0.0.2
nothing.example.org * nxdomain
* A a 127.0.0.1
* * nodata
END
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=wrong -keyout key -out cert 2>/dev/null
    cat key cert >server.pem
    serve dns "$builddir/tests/fixture/fakedns" names
    serve web "$builddir/tests/fixture/fakeweb" web cert=server.pem
    read -r dns <dns.ports
    read -r http tls <web.ports
    sed 's/14000/14001/; s/15000/15001/; s/"httpPort": 80/"httpPort": '"$http"'/; s/"tlsPort": 443/"tlsPort": '"$tls/" "$LAB/pebble.json" >pebble.json
    sed -i "s|\"ca\\.|\"$LAB/ca.|" pebble.json
    in_lab env PEBBLE_VA_NOSLEEP=1 PEBBLE_WFE_NONCEREJECT=0 sh -c 'echo $$ >pebble.pid; exec pebble -config pebble.json -dnsserver 127.0.0.1:'"$dns" >pebble.log 2>&1 3>&- {pipe}>&- &
    jobs+=("$!")
    within 30 in_lab curl -fsS --cacert "$LAB/ca.pem" -o /dev/null https://localhost:14001/dir
    pebble=$(cat pebble.pid)
}

# order TYPE NAME...: begins it; challenges has its lines
order() {
    coproc ORDER { in_lab "$BATS_TEST_DIRNAME/lab/order.py" https://localhost:14001/dir "$LAB/ca.pem" "$@" 2>order.log 3>&- {pipe}>&-; }
    # shellcheck disable=SC2153
    while read -r line <&"${ORDER[0]}" && [ -n "$line" ]; do
        echo "$line"
    done >challenges
    [ "$(wc -l <challenges)" -eq $(($# - 1)) ] || { cat order.log pebble.log; false; }
}

# finish: what the CA says, in outcomes: "NAME valid"
finish() {
    # shellcheck disable=SC2153
    echo go >&"${ORDER[1]}"
    cat <&"${ORDER[0]}" >said
    cut -d ' ' -f 1,2 said | sort >outcomes
    [ "$(wc -l <outcomes)" -eq "$(wc -l <challenges)" ] || { cat order.log pebble.log; false; }
}

# ask TYPE FIELD OPTION...: the same of acmehook, whose value is that field of challenges
ask() {
    local type=$1 field=$2 name verdict
    shift 2
    while read -r name _ key digest; do
        run acmehook --format json --authority "127.0.0.1#$dns" --http-port "$http" --tls-port "$tls" --verify-timeout 0 "$@" \
            verify "$type" "$name" "${!field}"
        verdict=$(jq -r .verdict <<<"$output")
        case $verdict in
            PASS | WARN) echo "$name valid" ;;
            FAIL | RETRY) echo "$name invalid" ;;
            *) echo "$name $verdict" ;;
        esac
    done <challenges | sort
}

# differences FILE: what is otherwise there than in outcomes
differences() {
    diff outcomes "$1" | sed -n 's/^> //p'
}

# rows: "NAME RULE" on stdin, one a line; web.rules has them for the server
rows() {
    while read -r name rule; do
        echo "has=$name.example.org $rule"
    done >web.rules
}

@test "http-01" {
    servers
    rows <<'END'
exact body {key}
newline body {key}\r\n
space body {key}\s
long body {key}\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n
bom body \xef\xbb\xbf{key}
leading body \s{key}
quotes body "{key}"
zero body {key}\x00
html raw HTTP/1.0 200 OK\r\n\r\n<html>x</html>
token body {token}
missing status 404
forbidden status 403
busy status 503
created raw HTTP/1.1 201 X\r\nContent-Length: 87\r\n\r\n{key}
chain9 chain 9 {key}
chain10 chain 10 {key}
chain11 chain 11 {key}
seeother redirect 303 /to/{token}
nowhere status 302
loop redirect 302 {path}
port redirect 302 http://exact.example.org:{http}/{token}
secure redirect 302 https://tls.example.org:{tls}/{token}
scheme redirect 302 ftp://exact.example.org/x
local redirect 302 http://127.0.0.1:{http}/has/exact.example.org/{token}
refused redirect 302 http://127.0.0.7:{http}/x
lost redirect 302 http://nothing.example.org:{http}/x
garbage raw garbage
h2 raw \x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x80\x00\x04\x00\x01\x00\x00\x00\x05\x00\xff\xff\xff
short raw HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{key}
reset reset
deflate raw HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\nx{key}
odd raw HTTP/1.1 200 OK\r\nContent-Encoding: utf-8\r\n\r\n{key}
type raw HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{key}
v6bad body {key}
nothing body {key}
status raw HTTP/1.1 200OK\r\n\r\n{key}
line raw HTTP/1.1 200 OK\r\nno header\r\n\r\n{key}
fold raw HTTP/1.1 200\r\nX A: b\r\nX-B:\r\n folded\r\n\r\n{key}
continue raw HTTP/1.1 100 X\r\nLocation: /x\r\n\r\nHTTP/1.1 200 OK\r\n\r\n{key}
identity raw HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\n{key}
chunked raw HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n57\r\n{key}\r\n0\r\n\r\n
old raw HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n57\r\n{key}\r\n0\r\n\r\n
length raw HTTP/1.1 200 OK\r\nContent-Length: 87, 87\r\n\r\n{key}
lengths raw HTTP/1.1 200 OK\r\nContent-Length: 87\r\nContent-Length: 86\r\n\r\n{key}
same raw HTTP/1.1 200 OK\r\nContent-Length: 87\r\nContent-Length: 87\r\n\r\n{key}
slash redirect 302 http:/exact.example.org/{token}
slashes redirect 302 http:///exact.example.org/{token}
percent redirect 302 http://%65xact.example.org:{http}/{token}
escape redirect 302 /has/exact.example.org/%zz/{token}
query redirect 302 /has/exact.example.org/{token}?%zz
dots redirect 302 /a/../has/./exact.example.org/{token}
twice raw HTTP/1.1 302 X\r\nLocation: /has/exact.example.org/{token}\r\nLocation: /x\r\n\r\n
END
    mapfile -t names < <(sed 's/^has=\([^ ]*\) .*/\1/' web.rules)
    order http-01 "${names[@]}"
    thumbprint=$(sed -n '1s/.*\.//p' challenges)
    sed "s/{key}/{token}.$thumbprint/g" - web.rules >web.new <<'END'
has=v6bad.example.org on=::1 status 404
has=GET\s/has/exact.example.org/ body {key}
has=tls.example.org body {key}
has=seeother.example.org has=GET\s/to/ body {key}
END
    mv web.new web
    finish
    ask http-01 key --ca pebble >pebble-rules
    run differences pebble-rules
    cat said
    [ -z "$output" ]
    # How the rules differ: the limit of 128 octets, white space, redirects.
    sort >wanted <<'END'
chain10.example.org valid
chain11.example.org valid
local.example.org invalid
long.example.org invalid
port.example.org invalid
secure.example.org invalid
seeother.example.org invalid
space.example.org valid
END
    ask http-01 key --ca letsencrypt --allow-reserved >letsencrypt-rules
    differences letsencrypt-rules | diff wanted -
    echo "# http-01: $(wc -l <outcomes) cases" >&3
}

# certificate NAME SUBJECT [EXTENSION...]: in NAME.pem
certificate() {
    local name=$1 subject=$2 extension options=()
    shift 2
    for extension; do
        options+=(-addext "$extension")
    done
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 7 -subj "$subject" "${options[@]}" -keyout key -out cert 2>/dev/null
    cat key cert >"$name.pem"
}

@test "tls-alpn-01" {
    servers
    names="right noalpn other critical bytes names upper value site signed plain alert"
    # shellcheck disable=SC2046
    order tls-alpn-01 $(printf '%s.example.org ' $names)
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 7 -subj /CN=CA -keyout ca.key -out ca.pem 2>/dev/null
    while read -r name token key; do
        hex=$(printf %s "$key" | openssl dgst -sha256 -r | cut -d ' ' -f 1)
        it="1.3.6.1.5.5.7.1.31=critical,DER:0420$hex" san=subjectAltName=DNS:$name action=tls-alpn row=${name%%.*}
        case $row in
            right) certificate "$row" /CN=x "$san" "$it" ;;
            noalpn) certificate "$row" /CN=x "$san" "$it" && action=tls-cert ;;
            other) certificate "$row" /CN=x subjectAltName=DNS:wrong.example.org "$it" ;;
            critical) certificate "$row" /CN=x "$san" "${it/critical,/}" ;;
            bytes) certificate "$row" /CN=x "$san" "${it}00" ;;
            names) certificate "$row" /CN=x "$san,DNS:another.example.org" "$it" ;;
            upper) certificate "$row" /CN=x "subjectAltName=DNS:${name^^}" "$it" ;;
            value) certificate "$row" /CN=x "$san" "${it%??}00" ;;
            site) certificate "$row" "/CN=$name" "$san" ;;
            signed)
                openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=x -keyout key -out csr 2>/dev/null
                openssl x509 -req -in csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 7 -extfile <(printf '%s\n%s\n' "$san" "$it") -out cert 2>/dev/null
                cat key cert >signed.pem
                ;;
            plain) action='tls-plain HTTP/1.1 400 X\r\n\r\n' ;;
            alert) action=tls-alert ;;
        esac
        case $action in
            tls-plain* | tls-alert) echo "sni=$name $action" ;;
            *) echo "sni=$name $action $row.pem" ;;
        esac
    done <challenges >web.new
    mv web.new web
    while read -r name token key; do
        echo "$name $token $key $(printf %s "$key" | openssl dgst -sha256 -binary | basenc --base64url | tr -d =)"
    done <challenges >challenges.new
    mv challenges.new challenges
    finish
    cat said
    ask tls-alpn-01 digest --ca pebble >pebble-rules
    run differences pebble-rules
    [ -z "$output" ]
    # Pebble does not ask whether the certificate is self-signed, nor for exactly these octets.
    sort >wanted <<'END'
bytes.example.org invalid
signed.example.org invalid
upper.example.org invalid
END
    ask tls-alpn-01 digest --ca letsencrypt --allow-reserved >letsencrypt-rules
    differences letsencrypt-rules | diff wanted -
    echo "# tls-alpn-01: $(wc -l <outcomes) cases" >&3
}
