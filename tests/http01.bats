# http-01 against a web server with faults: one test for each row of the catalogue, named by its id.
# tests/e2e has real web servers.
load lib
load web

# Rows that no test has, and why.
not_made="
H56: what the other places see that a CA looks from cannot be seen from one
"

setup_file() {
    servers
    ask_slow
}

teardown_file() {
    stop
    wait "$slow_job"
}

# What takes long is asked all at once and in the beginning, at a web server of its own.
ask_slow() {
    local name more="" port timeout
    cat >"$BATS_FILE_TMPDIR/slow" <<'END'
path=/.well-known/acme-challenge/H47 hold
path=/.well-known/acme-challenge/H47-drip drip 900 HTTP/1.1 200 OK\r\nX-A: xxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n\r\n
path=/.well-known/acme-challenge/H47-slow drip 42 HTTP/1.1 200 OK\r\nContent-Length: 52\r\n\r\n{key}
path=/.well-known/acme-challenge/H48 hold HTTP/1.1 200 OK\r\n\r\n{key}
body {key}
END
    start slow "$builddir/tests/fixture/fakeweb" slow full=::1 full=127.0.0.4
    read -r port _ <"$BATS_FILE_TMPDIR/slow.ports"
    for name in H35 H35-last H37 H47 H47-drip H47-slow H48; do
        timeout=0
        [ "$name" != H35-last ] || timeout=12000
        case $name in H35*) more='"127.0.0.4"' ;; H37) more='"::1", "127.0.0.1"' ;; *) more= ;; esac
        printf '{"id": "%s", "type": "http-01", "domain": "127.0.0.1", "token": "%s", "values": ["%s"], "ca": "letsencrypt", "allow_reserved": true, "connect_to": [%s], "http_port": %s, "timeout_ms": %s}\n' \
            "$name" "$name" "$name.${key_auth#*.}" "$more" "$port" "$timeout"
    done >"$BATS_FILE_TMPDIR/slow.questions"
    "$builddir/acmehook-verify" <"$BATS_FILE_TMPDIR/slow.questions" >"$BATS_FILE_TMPDIR/slow.answers" 3>&- &
    slow_job=$!
}

# slow NAME: waits for the answer, and puts it into output
slow() {
    local i
    for i in {1..600}; do
        output=$(jq -c --arg id "$1" 'select(.id == $id)' "$BATS_FILE_TMPDIR/slow.answers" 2>/dev/null) || :
        [ -z "$output" ] || return 0
        sleep 0.1
    done
    return 1
}

setup() {
    web_setup
}

path=/.well-known/acme-challenge/$token

# serves TEXT: a body of 200
serves() {
    web <<<"body $1"
}

@test "H01: exactly the key authorization" {
    serves '{key}'
    look PASS H01
    says '.ca == null and .hint == null and .servers[0].status == 200 and .servers[0].address == $a' --arg a "127.0.0.1#$http"
    says '.servers[0].body == $b' --arg b "$key_auth"
    for ca in generic pebble; do look PASS H01 --ca "$ca"; done
}

@test "H02: blanks after it" {
    serves '{key}\r\n'
    look PASS H02
    look PASS H02 --ca generic
    look PASS H02 --ca pebble
    serves '{key}\s\n'
    look PASS H02
    look WARN H02 --ca generic
    look FAIL H02 --ca pebble
    # 40 octets, and every kind that Unicode has
    serves "{key}$(printf '\\s%.0s' {1..40})"
    look PASS H02
    serves '{key}\t\x0b\x0c\xc2\x85\xc2\xa0\xe1\x9a\x80\xe2\x80\x80\xe2\x80\xa8\xe3\x80\x80'
    look PASS H02
}

@test "H03: 128 octets or more" {
    serves "{key}$(printf '\\s%.0s' {1..41})"
    look FAIL H03
    ca_says unauthorized "Invalid response from http://www.example.org$path: \"$key_auth  "
    serves "{key}$(printf x%.0s {1..60})"
    look FAIL H03
    # pebble has no limit
    serves "{key}$(printf '\\n%.0s' {1..100})"
    look PASS H02 --ca pebble
}

@test "H04: something before or around it" {
    for body in '\xef\xbb\xbf{key}' '\s{key}' '\r\n{key}' '"{key}"' "'{key}'" '{key}\x00' '\x00{key}'; do
        serves "$body"
        look FAIL H04
        ca_says unauthorized 'The key authorization file from the server did not match this challenge. Expected "'
        says '.hint | length > 10'
    done
}

@test "H05: an HTML page" {
    web <<<'raw HTTP/1.0 200 OK\r\nServer: shop/1.2\r\n\r\n<!DOCTYPE html>\n<html><head><title>My shop</title></head></html>'
    look FAIL H05
    says '(.reason | contains("Server: shop/1.2, title \"My shop\"")) and (.hint | contains("catch-all"))'
}

@test "H06: in UTF-16" {
    utf16=$(printf %s "$key_auth" | sed 's/./&\\x00/g')
    for body in "\\xff\\xfe$utf16" "$utf16" "\\xfe\\xff\\x00$(printf %s "$key_auth" | sed 's/./&\\x00/g; s/\\x00$//')"; do
        serves "$body"
        look FAIL H06
    done
}

@test "H07: token only, digest, another account's key" {
    serves "$token"
    look FAIL H07
    serves "$digest"
    look FAIL H07
    serves "$token.$digest2"
    look FAIL H07
    says '.reason | contains("another account key")'
}

@test "H08: 404" {
    web <<<"status 404"
    look RETRY H08
    ca_says unauthorized "127.0.0.1: Invalid response from http://www.example.org$path: 404"
}

@test "H09: access refused" {
    for code in 401 403 406 410 451; do
        web <<<"status $code"
        look FAIL H09
        ca_says unauthorized ": $code"
    done
}

@test "H10: overloaded or out of order" {
    for code in 429 500 502 503 504 520 599; do
        web <<<"status $code"
        look RETRY H10
    done
}

@test "H11: 2xx but not 200" {
    for code in 201 202 203 206; do
        web <<<"raw HTTP/1.1 $code X\r\nContent-Length: 87\r\n\r\n{key}"
        look FAIL H11
    done
    web <<<'raw HTTP/1.1 204 X\r\n\r\n'
    look FAIL H11
}

@test "H12: redirects that are followed" {
    for code in 301 302 307 308; do
        web <<END
path=$path redirect $code http://www.example.org/there/$token
path=/there/$token body {key}
END
        look PASS H12
        says '.servers[0].url == $u' --arg u "http://www.example.org/there/$token"
    done
    # relative ones, and to another host
    web <<END
path=$path redirect 302 ../other/$token
path=/.well-known/other/$token redirect 302 //other.example.org/a?b=c
host=other.example.org has=/a?b=c body $key_auth
END
    look PASS H12
    web <<<"chain 10 {key}"
    look PASS H12
}

@test "H13: too many redirects" {
    web <<<"chain 11 {key}"
    look WARN H13
    look WARN H13 --ca generic
    look FAIL H13 --ca pebble
    web <<<"chain 12 {key}"
    look FAIL H13
    ca_says connection "Too many redirects"
    look FAIL H13 --ca generic
    web <<<"chain 9 {key}"
    look PASS H12 --ca pebble
    # one that never ends is no longer than that
    : >"$requests"
    web <<<"chain 1000 {key}"
    look FAIL H13
    [ "$(wc -l <"$requests")" -eq 12 ]
}

@test "H14: 303" {
    web <<END
path=$path redirect 303 /there/$token
body {key}
END
    look FAIL H14
    ca_says connection "received disallowed redirect status code"
    look PASS H12 --ca pebble
}

@test "H15: other 3xx, or no Location" {
    for code in 300 304 305 306; do
        web <<<"status $code"
        look FAIL H15
    done
    web <<<"status 302"
    look FAIL H15
    ca_says unauthorized "Invalid response from http://www.example.org$path: 302"
}

@test "H16: redirects in a circle" {
    web <<END
path=$path redirect 302 /a
redirect 302 $path
END
    look FAIL H16
    ca_says connection "Redirect loop detected"
    # a wall that wants a cookie, which the CA does not have
    web <<END
has=Cookie: body {key}
status 302 Set-Cookie: a=b
END
    look FAIL H15
    web <<END
has=Cookie: body {key}
raw HTTP/1.1 302 X\r\nSet-Cookie: a=b; Path=/\r\nLocation: $path\r\nContent-Length: 0\r\n\r\n
END
    look FAIL H16
}

@test "H17: a redirect to https with a certificate that nobody trusts, of another name" {
    web <<END
plain redirect 301 https://www.example.org$path
body {key}
END
    look PASS H12
    look PASS H12 --ca generic
    openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj / -addext basicConstraints=CA:TRUE -keyout key -out cert 2>/dev/null
    cat key cert >"$BATS_FILE_TMPDIR/another.pem"
    web <<END
tls-cert another.pem
plain redirect 301 https://www.example.org$path
body {key}
END
    look PASS H12
    # without ALPN: HTTP/2 is not offered
    grep -q '^127.0.0.1 tls GET .* HTTP/1.1|' "$requests"
}

@test "H18: only old versions of TLS" {
    web <<END
tls-old
plain redirect 301 https://www.example.org$path
body {key}
END
    look FAIL H18
    ca_says tls "remote error: tls: protocol version not supported"
}

@test "H19: TLS wants a client certificate, or does not know the name" {
    for action in tls-client tls-alert; do
        web <<END
$action
plain redirect 301 https://www.example.org$path
body {key}
END
        look FAIL H19
        ca_says tls "remote error: tls: "
    done
    says '.ca.detail | contains("unrecognized name")'
    # keys that are sent by RSA: the CA offers no such thing any more
    openssl req -x509 -newkey rsa:2048 -nodes -days 7 -subj /CN=old -keyout key -out cert 2>/dev/null
    cat key cert >"$BATS_FILE_TMPDIR/rsa.pem"
    web <<END
tls-rsa rsa.pem
plain redirect 301 https://www.example.org$path
body {key}
END
    look FAIL H19
    ca_says tls "remote error: tls: handshake failure"
    # a small key is no matter
    openssl req -x509 -newkey rsa:1024 -nodes -days 7 -subj /CN=old -keyout key -out cert 2>/dev/null
    cat key cert >"$BATS_FILE_TMPDIR/small.pem"
    web <<END
tls-cert small.pem
plain redirect 301 https://www.example.org$path
body {key}
END
    look PASS H12
    # closed, reset, garbage: may be a server that is being started
    for action in "tls-plain" "tls-reset" 'tls-plain \x00\x01garbage'; do
        web <<END
$action
plain redirect 301 https://www.example.org$path
END
        run --separate-stderr "$acmehook" --format json --authority "$authority" --http-port "$http" --tls-port "$tls" \
            --verify-timeout 0 verify http-01 www.example.org "$key_auth"
        status_is 4
    done
}

@test "H20: a redirect to another port" {
    for url in http://www.example.org:8080/x https://www.example.org:8443/x; do
        web <<<"redirect 302 $url"
        look FAIL H20
        ca_says connection "Invalid port in redirect target. Only ports 80 and 443 are supported, not 8"
    done
    # pebble goes anywhere
    web <<END
path=$path redirect 302 http://www.example.org:{http}/x/$token
body {key}
END
    look PASS H12 --ca pebble
    # either port with either scheme
    web <<END
path=$path redirect 302 http://www.example.org:80/x/$token
body {key}
END
    look PASS H12
}

@test "H21: a redirect to another scheme" {
    for url in ftp://www.example.org/x javascript:alert myapp://open; do
        web <<<"redirect 302 $url"
        look FAIL H21
        ca_says connection "Invalid protocol scheme in redirect target. Only \"http\" and \"https\" protocol schemes are supported, not \"${url%%:*}\""
    done
}

@test "H22: a slash is missing" {
    web <<<"redirect 302 https://www.example.org.well-known/acme-challenge/$token"
    look FAIL H22
    ca_says connection "Invalid host in redirect target \"www.example.org.well-known\". Check webserver config for missing '/' in redirect target."
    says '.hint | contains("/")'
}

@test "H24: a redirect to a private address" {
    for address in 10.1.2.3 127.0.0.1 192.168.0.1 169.254.0.1 100.64.0.1 192.31.196.1 [::1] [fd00::1] [fe80::1] [2002::1]; do
        web <<<"redirect 302 http://$address/x"
        look_public FAIL H24
        ca_says connection "Invalid host in redirect target: IP address is in a reserved address block: [RFC"
    done
    web <<<'redirect 302 http://[fe80::1%25eth0]/x'
    look_public FAIL H24
    ca_says connection "contains scope zone"
    # where it is allowed
    usual_names
    web <<END
path=$path redirect 302 http://127.0.0.2/x/$token
on=127.0.0.2 body {key}
END
    look PASS H12
}

# look_public VERDICT CASE: as seen by a CA that goes to public addresses only; they lead to 127.0.0.1
look_public() {
    local verdict=$1 case=$2 want
    names <<END
www.example.org A a 198.41.0.4
other.example.org A a 10.1.2.3
mixed.example.org A a 10.1.2.3 198.41.0.4
* * nodata
END
    shift 2
    run --separate-stderr "$acmehook" --format json --authority "$authority" --http-port "$http" --tls-port "$tls" \
        --ca letsencrypt --connect-to 127.0.0.1 --verify-timeout 0 "$@" verify http-01 "${domain:-www.example.org}" "$key_auth"
    want=$(jq -r '.verdict + " " + (.case // "-")' <<<"$output")
    [ "$want" = "$verdict $case" ] || { echo "$output"; return 1; }
}

@test "H25: a redirect to a name that is not public" {
    for host in localhost nas.lan web.internal www.example.org. other.test m%C3%BCller; do
        web <<<"redirect 302 http://$host/x"
        look FAIL H25
        ca_says connection "Invalid host in redirect target, must end in IANA registered TLD"
        look FAIL H25 --ca generic
    done
    # where the identifier is not public either, the CA is not
    names <<END
www.lan A a 127.0.0.1
nas.lan A a 127.0.0.2
* * nodata
END
    web <<END
on=127.0.0.1 redirect 302 http://nas.lan:$http/x/$token
on=127.0.0.2 body {key}
END
    domain=www.lan look PASS H12 --ca pebble
    web <<END
on=127.0.0.1 redirect 302 http://nas.lan/x/$token
on=127.0.0.2 body {key}
END
    domain=www.lan look PASS H12 --ca generic
    domain=www.lan look FAIL H25
}

# What libcurl would follow, and the library of the CA does not.
@test "H25: a redirect whose host is not what it seems" {
    while read -r target text; do
        web <<END
path=$path redirect 302 $target
body {key}
END
        for ca in letsencrypt generic; do
            look FAIL H25 --ca "$ca"
            ca_says connection "$text"
        done
    done <<END
http:/www.example.org/x/$token Invalid empty host in redirect target
http:///www.example.org/x/$token Invalid empty host in redirect target
http:x/$token Invalid empty host in redirect target
http://8.8.2056/x/$token Invalid host in redirect target, must end in IANA registered TLD
http://134744072/x/$token Invalid host in redirect target, must end in IANA registered TLD
http://%77ww.example.org/x/$token Invalid host in redirect target, must end in IANA registered TLD
END
    # the way of the redirect is not percent-encoded properly
    for target in /x%2/$token "http://www.example.org/%zz/$token" "/x/$token#%"; do
        web <<END
path=$path redirect 302 $target
body {key}
END
        look RETRY H46
        ca_says connection "Error getting validation data"
    done
    # of two the first counts; points, and all that a query may have, are no hindrance
    web <<END
path=$path raw HTTP/1.1 302 Found\r\nLocation: /y/../x/./$token?a=%zz\r\nLocation: http://nas.lan/\r\n\r\n
path=/x/$token body {key}
END
    look PASS H12
    says '.servers[0].url == "http://www.example.org/x/" + $t + "?a=%zz"' --arg t "$token"
}

@test "H26: a redirect to a very long path" {
    web <<<"redirect 302 http://www.example.org/$(printf x%.0s {1..2000})"
    look FAIL H26
    ca_says connection "Redirect target too long"
    # the query may be as long as it likes
    web <<END
path=$path redirect 302 http://www.example.org/x/$token?$(printf x%.0s {1..3000})
body {key}
END
    look PASS H12
}

@test "H27: the host of a redirect has no address" {
    web <<<"redirect 302 http://nowhere.example.org/x"
    look RETRY H27
    ca_says dns "no valid A records found for nowhere.example.org; no valid AAAA records found for nowhere.example.org"
}

@test "H28: a redirect to a host whose IPv6 refuses" {
    names <<END
www.example.org A a 127.0.0.1
two.example.org A a 127.0.0.1
two.example.org AAAA aaaa ::1
* * nodata
END
    through refusing
    web <<END
path=$path redirect 302 http://two.example.org/x/$token
body {key}
END
    look FAIL H28
    ca_says connection "Connection refused"
    look WARN H28 --ca generic
}

@test "H29: no address" {
    names <<<"* * nodata"
    look RETRY H29
    ca_says dns "no valid A records found for www.example.org; no valid AAAA records found for www.example.org"
    names <<<"* * nxdomain"
    look RETRY H29
    ca_says dns "DNS problem: NXDOMAIN looking up A for www.example.org"
}

@test "H30: private addresses only" {
    serves '{key}'
    domain=other.example.org look_public FAIL H30
    ca_says dns "no valid A records found for other.example.org; no valid AAAA records found for other.example.org"
    says '.reason | contains("10.1.2.3")'
    domain=other.example.org look_public PASS H01 --ca generic
    domain=other.example.org look_public PASS H01 --ca pebble
    domain=other.example.org look_public PASS H01 --allow-reserved
    # behind a redirect, too
    web <<<"redirect 302 http://other.example.org/x/$token"
    look_public FAIL H30
    look_public FAIL H30 --ca generic
}

@test "H31: private addresses among public ones" {
    serves '{key}'
    domain=mixed.example.org look_public WARN H31
    domain=mixed.example.org look_public WARN H31 --ca generic
    says '.reason | contains("10.1.2.3")'
    domain=mixed.example.org look_public PASS H01 --ca pebble
}

@test "H32: one family cannot be looked up" {
    serves '{key}'
    names <<END
* AAAA servfail
* A a 127.0.0.1
END
    look WARN H32
    says '.reason | contains("AAAA: ") and contains("SERVFAIL")'
}

@test "H33: the addresses do not validate" {
    serves '{key}'
    names <<END
* * bogus 7
www.example.org A notauth
www.example.org A a 127.0.0.1
* * notauth
* * nodata
END
    run --separate-stderr "$acmehook" --format json --resolver "$authority" --http-port "$http" --verify-timeout 0 \
        verify http-01 www.example.org "$key_auth"
    status_is 3
    says '.case == "H33" and .ca.type == "dns" and (.ca.detail | contains("SERVFAIL looking up A for www.example.org"))'
    # nobody answers for the name, signatures or not
    names <<<"* * servfail"
    run --separate-stderr "$acmehook" --format json --resolver "$authority" --http-port "$http" --verify-timeout 0 \
        verify http-01 www.example.org "$key_auth"
    status_is 4
    says '.case == "H33"'
    # and no resolver at all is nothing that we can judge
    run --separate-stderr "$acmehook" --format json --resolver 127.0.0.1#1 --verify-timeout 0 verify http-01 www.example.org "$key_auth"
    status_is 6
}

@test "H34: connection refused" {
    names <<<"* A a 127.0.0.4
* * nodata"
    through refusing
    look RETRY H34
    ca_says connection "127.0.0.4: Fetching http://www.example.org$path: Connection refused"
}

@test "H35: attempts to connect are not answered" {
    slow H35
    says '.verdict == "RETRY" and .case == "H35"'
    ca_says connection "Timeout during connect (likely firewall problem)"
    # the last look of several has not the time to find that out again
    slow H35-last
    says '.verdict == "RETRY" and .case == "H35" and .attempts > 1 and .ms < 15000'
}

@test "H36: IPv6 refuses, IPv4 serves it" {
    has_v6 || skip "there is no IPv6 here"
    both_families
    through refusing
    serves '{key}'
    look WARN H36
    look WARN H36 --ca generic
    look RETRY H36 --ca pebble
}

both_families() {
    names <<END
* A a 127.0.0.1
* AAAA aaaa ::1
END
}

@test "H37: IPv6 does not answer, IPv4 serves it" {
    has_v6 || skip "there is no IPv6 here"
    slow H37
    says '.verdict == "RETRY" and .case == "H37"'
    ca_says connection "Timeout during connect (likely firewall problem)"
}

@test "H38: IPv6 leads elsewhere, IPv4 serves it" {
    has_v6 || skip "there is no IPv6 here"
    both_families
    for action in "status 404" "reset" "raw garbage"; do
        web <<END
on=::1 $action
body {key}
END
        look RETRY H38
        says '.reason | contains("IPv6 leads elsewhere")'
    done
    web <<END
on=::1 body another
body {key}
END
    look RETRY H38
    web <<END
on=::1 status 403
body {key}
END
    look FAIL H38
}

@test "H39: one of several addresses does not serve it" {
    names <<<"* A a 127.0.0.1 127.0.0.2 127.0.0.3
* * nodata"
    web <<END
on=127.0.0.2 status 404
body {key}
END
    look RETRY H39
    says '(.reason | startswith("2 of 3 addresses")) and (.servers | length == 3)'
    # behind a redirect, too
    names <<<"www.example.org A a 127.0.0.1
many.example.org A a 127.0.0.2 127.0.0.3
* * nodata"
    web <<END
host=www.example.org redirect 302 http://many.example.org$path
on=127.0.0.3 status 403
body {key}
END
    look FAIL H39
}

@test "H40: another site answers" {
    web <<<'raw HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\n\r\n<!-- x --><title>Welcome to nginx!</title>'
    look RETRY H40
    says '(.reason | contains("Server: nginx/1.22.1, title \"Welcome to nginx!\"")) and (.hint | contains("another site"))'
    web <<<'raw HTTP/1.1 200 OK\r\nServer: micro_httpd\r\n\r\nlogin'
    look RETRY H40
    says '.reason | contains("as a router does")'
}

@test "H41: the port in the header Host" {
    web <<END
host=www.example.org body {key}
status 400
END
    look PASS H01
    look PASS H01 --ca generic
    web <<END
host=www.example.org:$http body {key}
status 400
END
    look PASS H01 --ca pebble
}

@test "H42: HTTP/2 only, without TLS" {
    web <<<'raw \x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x80\x00\x04\x00\x01\x00\x00\x00\x05\x00\xff\xff\xff'
    look FAIL H42
    ca_says connection "Server is speaking HTTP/2 over HTTP"
}

@test "H43: HTTP/2 only, behind a redirect" {
    web <<END
plain redirect 302 https://www.example.org/x
raw \x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x80\x00\x04\x00\x01\x00\x00\x00\x05\x00\xff\xff\xff
END
    look FAIL H43
    ca_says connection "Error getting validation data"
}

@test "H44: TLS on port 80" {
    web <<<'raw HTTP/1.1 400 Bad Request\r\n\r\n<center>The plain HTTP request was sent to HTTPS port</center>'
    look FAIL H44
    web <<<'raw \x15\x03\x01\x00\x02\x02\x16'
    look FAIL H44
    ca_says connection "Error getting validation data"
}

@test "H45: plain HTTP where TLS should be" {
    web <<END
plain redirect 301 https://www.example.org$path
tls-plain HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n
END
    look FAIL H45
    ca_says malformed "Server only speaks HTTP, not TLS"
}

@test "H46: no HTTP" {
    for text in 'just a text\n' 'HTTP/x.y 200 OK\r\n\r\n{key}' 'SSH-2.0-OpenSSH_9.2\r\n' '{key}' ''; do
        web <<<"raw $text"
        look RETRY H46
        ca_says connection "Error getting validation data"
    done
    web <<<'raw HTTP/1.1 302 X\r\nLocation: http://[::1/\r\nContent-Length: 0\r\n\r\n'
    look RETRY H46
}

@test "H46: HTTP that the CA's library does not take, with the right content" {
    while read -r head; do
        web <<<"raw $head\r\n\r\n{key}"
        look RETRY H46
        ca_says connection "Error getting validation data"
        says '.reason | test(": .")'
    done <<'END'
HTTP/1.1 200OK
HTTP/1.1 200\tOK
HTTP/1.1 200 OK\r\nPHP Warning on line 7
HTTP/1.1 200 OK\r\n X-A: b
HTTP/1.1 200 OK\r\nX(A): b
HTTP/1.1 200 OK\r\nX-A: b\x01
HTTP/1.1 200 OK\r\n: b
HTTP/1.1 200 OK\r\nTransfer-Encoding: identity
HTTP/1.1 200 OK\r\nContent-Length: 87, 87
HTTP/1.1 200 OK\r\nContent-Length: 87\r\nContent-Length: 88
HTTP/1.1 100 Continue\r\nno header\r\n\r\nHTTP/1.1 200 OK
END
    web <<<'raw HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n57\r\n{key}\r\n0\r\n\r\n'
    look RETRY H46
    # and what it does take
    while read -r head; do
        web <<<"raw $head\r\n\r\n{key}"
        look PASS H01
    done <<'END'
HTTP/1.1 200
HTTP/1.0 200 OK\r\nX A: b\r\nX-B:\r\n folded
HTTP/1.1 100 Continue\r\nLocation: /x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 87\r\nContent-Length: 87
END
    web <<<'raw HTTP/1.1 200 OK\nTransfer-Encoding: Chunked\nContent-Length: 5\n\n57\r\n{key}\r\n0\r\nX-Trailer: x\r\n\r\n'
    look PASS H01
}

@test "H47: accepted, and not answered in time" {
    slow H47
    says '.verdict == "RETRY" and .case == "H47"'
    ca_says connection "Timeout after connect (your server may be slow or overloaded)"
    # an octet now and then is no answer either
    slow H47-drip
    says '.verdict == "RETRY" and .case == "H47"'
    # slow, but soon enough
    slow H47-slow
    says '.verdict == "WARN" and .case == "H47"'
}

@test "H48: a response without end" {
    slow H48
    says '.verdict == "FAIL" and .case == "H48"'
    ca_says unauthorized "Error reading HTTP response body"
}

@test "H49: content without end" {
    web <<<'endless HTTP/1.1 200 OK\r\n\r\n'
    look FAIL H49
    ca_says unauthorized 'Invalid response from'
    web <<<'endless HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n\r\n'
    look FAIL H49
}

@test "H50: less than Content-Length says" {
    web <<<'raw HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{key}'
    look FAIL H50
    ca_says unauthorized "Error reading HTTP response body: unexpected EOF"
}

@test "H51: gzip" {
    { printf 'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n'; printf '%s\n' "$key_auth" | gzip; } >"$BATS_FILE_TMPDIR/zipped"
    web <<<"file zipped"
    look PASS H02
    # the limit is for what comes out of it
    { printf 'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n'; printf '%-200s' "$key_auth" | gzip; } >"$BATS_FILE_TMPDIR/zipped"
    look FAIL H03
    { printf 'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n'; head -c 50000000 /dev/zero | gzip; } >"$BATS_FILE_TMPDIR/zipped"
    look FAIL H49
}

@test "H52: an encoding that was not asked for" {
    # deflate, which the CA does not undo
    { printf 'HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\n\r\n'; printf %s "$key_auth" | openssl zlib 2>/dev/null || printf 'x\234K\1\0'; } >"$BATS_FILE_TMPDIR/zipped"
    web <<<"file zipped"
    look FAIL H52
    web <<<'raw HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n\x0b\x2b\x80{key}\x03'
    look FAIL H52
    says '.reason | contains("br")'
    # what is no encoding at all makes no difference
    web <<<'raw HTTP/1.1 200 OK\r\nContent-Encoding: utf-8\r\n\r\n{key}'
    look PASS H01
    # twice, of which the CA undoes once
    { printf 'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Encoding: gzip\r\n\r\n'; printf %s "$key_auth" | gzip | gzip; } >"$BATS_FILE_TMPDIR/zipped"
    web <<<"file zipped"
    look FAIL H52
    # gzip that is none
    web <<<'raw HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n{key}'
    look FAIL H52
}

@test "H53: another Content-Type" {
    for kind in text/html application/octet-stream 'text/plain;\scharset=utf-16' ''; do
        web <<<"raw HTTP/1.1 200 OK\r\nContent-Type: $kind\r\n\r\n{key}"
        look PASS H01
    done
}

@test "H54: something that keeps machines out" {
    while read -r text; do
        web <<<"raw HTTP/1.1 200 OK\r\n\r\n<html>$text</html>"
        look FAIL H54
        says '.hint | length > 10'
    done <<'END'
<script src="/aes.js"></script>
<script src="/aes.min.js"></script>
<script>var a=toNumbers("f6")</script>
Application acme-protocol is blocked
<script src="/cdn-cgi/challenge-platform/x"></script>
END
    web <<<'raw HTTP/1.1 403 X\r\n\r\n<script src="/cdn-cgi/challenge-platform/x"></script>'
    look FAIL H54
    ca_says unauthorized ": 403"
}

@test "H55: 404 out of a cache" {
    for header in "CF-Ray: 1-FRA" "Age: 60" "X-Cache: HIT" "Via: 1.1 varnish"; do
        web <<<"status 404 $header"
        look RETRY H55
    done
    ca_says unauthorized ": 404"
}

@test "H58: what only this host has makes no difference" {
    # no proxy, no cookies, no .netrc, no hosts
    serves '{key}'
    printf 'machine www.example.org login a password b\n' >.netrc
    HOME=$PWD http_proxy=http://127.0.0.1:1 HTTP_PROXY=http://127.0.0.1:1 ALL_PROXY=http://127.0.0.1:1 look PASS H01
    [ "$(grep -c "^127.0.0.1 plain GET $path HTTP/1.1| Host: www.example.org| User-Agent: acmehook-verify/[^|]*| Accept: \*/\*| Accept-Encoding: gzip| Connection: close| | *$" "$requests")" -eq 5 ]
    # localhost has an address in /etc/hosts only
    domain=localhost.localdomain look RETRY H29
}

@test "H59: one of several servers behind an address does not have it" {
    web <<END
every=2 status 404
body {key}
END
    look RETRY H59
    says '.reason | contains("404")'
    says '[.servers[] | .status] | sort == [200, 404, 404]'
    web <<END
every=5 body another
body {key}
END
    look RETRY H59
    says '[.servers[] | .verdict] | sort == ["PASS", "RETRY"]'
}

# ask NAME...: looks at three URLs of each at 127.0.0.1, all at once; the answers are in the file answers
ask() {
    local name i
    for name in "$@"; do
        for i in 1 2 3; do
            printf '{"id": "%s/%s", "type": "http-01", "domain": "%s", "token": "%s", "values": ["%s"], "connect_to": ["127.0.0.1"], "authorities": ["%s"], "http_port": %s, "allow_reserved": true}\n' \
                "$name" "$i" "$name" "$i-$token" "$i-$key_auth" "$authority" "$http"
        done
    done >questions
    "$builddir/acmehook-verify" <questions >answers
}

@test "H59: several URLs of a name are asked for again together, those of others are not" {
    serves '{key}'
    # shellcheck disable=SC2046
    ask $(printf 'www.example.org\n%.0s' {1..50})
    [ "$(jq -s 'length == 150 and all(.case == "H01" and (.servers | length) == 1)' answers)" = true ]
    # each once, and then some; not five times
    count=$(grep -c ' Host: www.example.org|' "$requests")
    [ "$count" -ge 154 ]
    [ "$count" -lt 600 ]

    names <<END
* A a 127.0.0.1
* * nodata
END
    : >"$requests"
    web <<END
host=www-1.example.org every=2 status 404
body {key}
END
    # shellcheck disable=SC2046
    ask $(printf 'www-%s.example.org\n' {1..30})
    [ "$(jq -s 'length == 90 and all((.case == "H01") == (.id | startswith("www-1.") | not))' answers)" = true ]
    for i in {2..30}; do
        [ "$(grep -c " Host: www-$i.example.org|" "$requests")" -ge 7 ]
    done
}

@test "H60: gone again" {
    web <<END
first=2 body {key}
status 404
END
    look RETRY H60
}

@test "H61: an IPv6 address as identifier" {
    has_v6 || skip "there is no IPv6 here"
    web <<END
host=[::1] body {key}
status 400
END
    domain=::1 look PASS H01
    web <<END
host=[::1]:$http body {key}
status 400
END
    domain=::1 look PASS H01 --ca pebble
}

@test "H62: a user in a redirect" {
    web <<END
path=$path redirect 302 http://user:secret@www.example.org/x/$token
has=dXNlcjpzZWNyZXQ= body {key}
status 401
END
    look PASS H12
}

@test "is it gone?" {
    for action in "status 404" "body another"; do
        web <<<"$action"
        gone PASS
    done
    serves '{key}'
    gone RETRY
    web <<END
first=3 body {key}
status 404
END
    gone RETRY
    names <<<"* * nodata"
    gone PASS
}

# gone VERDICT: what the verifier says of that
gone() {
    printf '{"id": 1, "type": "http-01", "domain": "www.example.org", "token": "%s", "values": ["%s"], "authorities": ["%s"], "http_port": %s, "absent": true}\n' \
        "$token" "$key_auth" "$authority" "$http" >question
    run -0 "$builddir/acmehook-verify" <question
    says '.verdict == $v' --arg v "$1"
}

@test "the referrer is told as the CA tells it" {
    web <<END
path=$path redirect 302 https://www.example.org/a/$token
path=/a/$token redirect 302 http://www.example.org/b/$token
body {key}
END
    look PASS H12
    grep -q "^127.0.0.1 tls GET /a/$token .*| Referer: http://www.example.org$path|" "$requests"
    run grep "plain GET /b/$token .*Referer" "$requests"
    [ "$status" -eq 1 ]
}

@test "whatever a server does: a verdict, soon, and the verifier goes on" {
    # a response that is cut off after every octet
    response='HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 87\r\n\r\n{key}'
    web <<END
cut $response
END
    length=$(printf '%b' "$response" | sed "s/{key}/$key_auth/" | wc -c)
    for i in $(seq 0 "$length"); do
        printf '{"id": %s, "type": "http-01", "domain": "www.example.org", "token": "%s", "values": ["%s"], "authorities": ["%s"], "http_port": %s}\n' \
            "$i" "$token" "$key_auth" "$authority" "$http"
    done >questions
    "$builddir/acmehook-verify" <questions >answers
    [ "$(jq -s 'map(.id) | sort == [range(0; '"$((length + 1))"')]' answers)" = true ]
    # only what came whole may be good, and not even that, as what came after was not
    [ "$(jq -s 'map(select(.verdict == "PASS" or .verdict == "WARN")) | length' answers)" -le 4 ]
    jq -es 'all(.verdict != "UNKNOWN")' answers
}

@test "floods of headers and garbage in TLS: a verdict, in bounded memory" {
    web <<<flood
    look RETRY H46
    for garbage in '\x16\x03\x03\xff\xff' '\x16\x03\x03\x00\x04\x02\x00\x00\x00' '\x15\x03\x03\x00\x02\x01\x00' '\x00\x00\x00\x00\x00\x00'; do
        web <<END
plain redirect 302 https://www.example.org$path
tls-plain $garbage
END
        look RETRY H19
    done
    headers=$(printf 'X-%s: y\\r\\n' {1..2000})
    web <<<"raw HTTP/1.1 200 OK\r\n$headers\r\n{key}"
    look PASS H01
}

@test "a server that does not answer keeps nobody else waiting, and has 64 requests at most" {
    local i asked
    web <<'END'
on=127.0.0.2 body {key}
hold
END
    : >"$requests"
    mkfifo in
    "$builddir/acmehook-verify" --http-port "$http" <in >answers 3>&- &
    verifier=$!
    exec {in}>in
    for i in {1..200}; do
        echo "http-01 127.0.0.1 t$i.${key_auth#*.}"
    done >&"$in"
    for i in {1..100}; do
        asked=$(grep -c '^127.0.0.1 ' "$requests") || :
        [ "$asked" -lt 64 ] || break
        sleep 0.1
    done
    echo "http-01 127.0.0.2 other.${key_auth#*.}" >&"$in"
    for i in {1..100}; do
        [ ! -s answers ] || break
        sleep 0.1
    done
    [ "$(jq -r .verdict answers)" = PASS ]
    [ "$(grep -c '^127.0.0.1 ' "$requests")" -eq 64 ]
    kill "$verifier"
    exec {in}>&-
    wait "$verifier" || :
}

@test "what cannot be asked is refused with a sentence" {
    while read -r option value; do
        run --separate-stderr "$acmehook" "--$option" "$value" verify http-01 www.example.org "$key_auth"
        status_is 2
        stdout_is ""
        [ "$(wc -l <<<"$stderr")" -eq 1 ]
        [[ $stderr == "acmehook: $option: \"$value\" "* ]]
    done <<END
ca nobody
http-port 0
http-port 65536
tls-port http
connect-to web.example.org
connect-to 127.0.0.1#80
END
    for words in "http-01 www..example.org $key_auth" "http-01 www.example.org a/b.$digest" "http-01 http://www.example.org/ $key_auth" "tls-alpn-01 www.example.org $key_auth"; do
        # shellcheck disable=SC2086
        run --separate-stderr "$acmehook" verify $words
        status_is 2
        [ "$(wc -l <<<"$stderr")" -eq 1 ]
    done
}

@test "every row has a test, or a reason" {
    for i in $(seq 62); do printf 'H%02d\n' "$i"; done >rows
    sed -n 's/^@test "\(H[0-9][0-9][H0-9 ]*\):.*/\1/p' "$BATS_TEST_FILENAME" "$srcdir/tests/e2e/http.bats" | xargs -n 1 | sort -u >tested
    sed -n 's/^\(H[0-9][0-9]\): ..*/\1/p' <<<"$not_made" >listed
    # neither missing, nor both
    sort tested listed | diff - rows
    [ -z "$(comm -12 tested listed)" ]
    echo "# rows covered: $(wc -l <tested) of $(wc -l <rows)" >&3
}
