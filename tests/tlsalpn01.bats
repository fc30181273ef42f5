# tls-alpn-01 against a server with faults: one test for each row of the catalogue, named by its id.
load lib
load web

setup_file() {
    servers
}

teardown_file() {
    stop
}

setup() {
    web_setup
    type=tls-alpn-01
    value=$digest
    hex=$(printf %s "$key_auth" | openssl dgst -sha256 -r | cut -d ' ' -f 1)
}

acme=1.3.6.1.5.5.7.1.31

# certificate FILE SUBJECT [EXTENSION...]: self-signed, with its key, where the server finds it
certificate() {
    local file=$1 subject=$2 extension options=()
    shift 2
    for extension; do
        options+=(-addext "$extension")
    done
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 7 -subj "$subject" "${options[@]}" \
        -keyout key -out cert 2>/dev/null
    cat key cert >"$BATS_FILE_TMPDIR/$file"
}

# good: the right one, in good.pem
good() {
    certificate good.pem /CN=acme "subjectAltName=DNS:${1:-www.example.org}" "$acme=critical,DER:0420$hex"
}

# presents FILE: to everybody who asks for acme-tls/1
presents() {
    web <<<"tls-alpn $1"
}

# bad CASE VERDICT TEXT [EXTENSION...]: what is said of a certificate with these
bad() {
    local case=$1 verdict=$2 text=$3
    shift 3
    certificate bad.pem /CN=acme "$@"
    presents bad.pem
    look "$verdict" "$case"
    says '.ca.type == "unauthorized" and (.ca.detail | startswith("Incorrect validation certificate for tls-alpn-01 challenge. Requested www.example.org from 127.0.0.1:" + $p + ". Received certificate "))' --arg p "$tls"
    ca_says unauthorized "$text"
}

@test "the right certificate, over IPv4 and IPv6; both ways to write the digest" {
    good
    presents good.pem
    look PASS -
    says '.ca == null and .servers[0].verdict == "PASS" and .servers[0].address == $a' --arg a "127.0.0.1#$tls"
    for ca in generic pebble; do look PASS - --ca "$ca"; done
    # as dehydrated writes it, and as an event of uacme's
    value=$(sed 's/../&:/g; s/:$//' <<<"$hex") look PASS -
    handler hook <<<'#!/bin/sh'
    run --separate-stderr "$acmehook" --authority "$authority" --tls-port "$tls" --verify strict --verify-timeout 5 --to uacme --handler ./hook \
        --from uacme begin tls-alpn-01 www.example.org "$token" "$digest"
    status_is 0
    if has_v6; then
        names <<<"* AAAA aaaa ::1
* * nodata"
        look PASS -
    fi
}

@test "an address as identifier: its reverse name is asked for" {
    certificate ip.pem /CN=acme subjectAltName=IP:127.0.0.1 "$acme=critical,DER:0420$hex"
    web <<END
sni=1.0.0.127.in-addr.arpa tls-alpn ip.pem
END
    domain=127.0.0.1 look PASS -
    # as dehydrated tells it
    domain=1.0.0.127.in-addr.arpa look PASS -
    has_v6 || return 0
    certificate ip.pem /CN=acme subjectAltName=IP:::1 "$acme=critical,DER:0420$hex"
    web <<END
sni=1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa tls-alpn ip.pem
END
    domain=::1 look PASS -
    domain=1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa look PASS -
    # a name like that which is none
    domain=1.0.0.999.in-addr.arpa look RETRY H29
    presents good.pem
    good 1.0.0.127.in-addr.arpa
    domain=127.0.0.1 look FAIL T04
}

@test "T01: the server does not know acme-tls/1" {
    good
    web <<<"tls-cert good.pem"
    look FAIL T01
    ca_says unauthorized 'Cannot negotiate ALPN protocol "acme-tls/1" for tls-alpn-01 challenge'
    look FAIL T01 --ca pebble
}

@test "T02: the certificate of the site" {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 7 -subj /CN=CA -keyout ca.key -out ca.pem 2>/dev/null
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=www.example.org -keyout key -out csr 2>/dev/null
    openssl x509 -req -in csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 7 -extfile <(echo "subjectAltName=DNS:www.example.org
$acme=critical,DER:0420$hex") -out cert 2>/dev/null
    cat key cert >"$BATS_FILE_TMPDIR/signed.pem"
    presents signed.pem
    look FAIL T02
    ca_says unauthorized "Received certificate which is not self-signed."
    says '.reason | contains("by /CN=CA")'
    # pebble does not mind
    look PASS - --ca pebble
    # nearly: the name of the issuer, in other letters
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 7 -subj /CN=ACME -keyout ca.key -out ca.pem 2>/dev/null
    openssl req -new -key ca.key -subj /CN=acme -out csr
    openssl x509 -req -in csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 7 -extfile <(echo "subjectAltName=DNS:www.example.org
$acme=critical,DER:0420$hex") -out cert 2>/dev/null
    cat ca.key cert >"$BATS_FILE_TMPDIR/nearly.pem"
    presents nearly.pem
    look FAIL T02
}

@test "T03: acmeIdentifier is wrong" {
    san=subjectAltName=DNS:www.example.org
    bad T03 FAIL "with acmeValidationV1 extension that is not Critical." $san "$acme=DER:0420$hex"
    bad T03 FAIL "with malformed acmeValidationV1 extension value." $san "$acme=critical,DER:0420${hex}00"
    bad T03 FAIL "with malformed acmeValidationV1 extension value." $san "$acme=critical,DER:041f${hex%??}"
    bad T03 FAIL "with malformed acmeValidationV1 extension value." $san "$acme=critical,DER:0c20$hex"
    bad T03 FAIL "Required extension OID $acme is not present" $san
    bad T03 RETRY "with acmeValidationV1 extension value $(printf '00%.0s' {1..32}) but expected $hex." $san "$acme=critical,DER:0420$(printf '00%.0s' {1..32})"
}

@test "T03: as many extensions as there is room for take no time; addresses of odd length" {
    local i extensions=()
    for i in {1..3000}; do
        extensions+=("1.2.$((i % 39)).$i=DER:0500")
    done
    bad T04 FAIL '"wrong number of identifiers"' subjectAltName=IP:127.0.0.1 "$acme=critical,DER:0420$hex" "${extensions[@]}"
    says '.ms < 2000'
    # DER: SEQUENCE of an address of one octet
    bad T04 FAIL '"wrong number of identifiers"' 2.5.29.17=DER:3003870101 "$acme=critical,DER:0420$hex"
}

@test "T04: other names than the identifier" {
    it="$acme=critical,DER:0420$hex"
    bad T04 FAIL '("acme, other.example.org, www.example.org"): "wrong number of identifiers"' subjectAltName=DNS:www.example.org,DNS:other.example.org "$it"
    bad T04 FAIL '"identifier does not match expected identifier"' subjectAltName=DNS:other.example.org "$it"
    bad T04 FAIL '"SAN extension does not match expected bytes"' subjectAltName=DNS:WWW.example.org "$it"
    bad T04 FAIL '"SAN extension does not match expected bytes"' subjectAltName=DNS:www.example.org,email:a@example.org "$it"
    bad T04 FAIL '"wrong number of identifiers"' subjectAltName=IP:127.0.0.1 "$it"
    bad T04 FAIL 'Required extension OID 2.5.29.17 is not present' "$it"
}

@test "T05: something in front ends TLS" {
    certificate cdn.pem "/O=Cloudflare, Inc./CN=sni.cloudflaressl.com" subjectAltName=DNS:www.example.org
    web <<<"tls-cert cdn.pem"
    look FAIL T05
    ca_says unauthorized "Cannot negotiate ALPN protocol"
    says '(.reason | contains("Cloudflare")) and (.hint | contains("dns-01"))'
}

# two: a name with both families
two() {
    has_v6 || skip "there is no IPv6 here"
    names <<END
* A a 127.0.0.1
* AAAA aaaa ::1
END
    good
}

@test "T06: no handshake by IPv6, IPv4 has it" {
    two
    through refusing
    presents good.pem
    look WARN T06
    look RETRY - --ca pebble
    through web
    for action in tls-alert tls-reset "tls-plain HTTP/1.1 400 X" tls-old; do
        web <<END
on=::1 $action
tls-alpn good.pem
END
        look WARN T06
    done
}

@test "T07: another certificate by IPv6, IPv4 has it" {
    two
    certificate other.pem /CN=acme subjectAltName=DNS:other.example.org
    web <<END
on=::1 tls-alpn other.pem
tls-alpn good.pem
END
    look FAIL T07
    web <<END
on=::1 tls-cert good.pem
tls-alpn good.pem
END
    look FAIL T07
}

@test "one of several addresses does not have it" {
    names <<<"* A a 127.0.0.1 127.0.0.2
* * nodata"
    good
    web <<END
on=127.0.0.2 tls-alert
tls-alpn good.pem
END
    look RETRY -
    says '.reason | startswith("1 of 2 addresses present it")'
}

@test "no handshake: what the CA says" {
    through refusing
    names <<<"* A a 127.0.0.4
* * nodata"
    look RETRY -
    ca_says connection "Connection refused"
    web_setup
    type=tls-alpn-01
    while read -r verdict kind text; do
        read -r action
        web <<<"$action"
        look "$verdict" -
        ca_says "$kind" "$text"
    done <<'END'
FAIL malformed Server only speaks HTTP, not TLS
tls-plain HTTP/1.1 400 Bad Request\r\n\r\n
RETRY tls remote error: tls: unrecognized name
tls-alert
RETRY tls remote error: tls: protocol version not supported
tls-old
RETRY connection Connection reset by peer
tls-reset
RETRY connection Error getting validation data
tls-plain \x16\x03\x03\xff\xff\x00\x00
RETRY connection Error getting validation data
tls-plain garbage
END
}

@test "it is waited for, and gone when it is gone" {
    good
    web <<<"tls-cert good.pem"
    printf '{"id": 1, "type": "tls-alpn-01", "domain": "www.example.org", "values": ["%s"], "authorities": ["%s"], "tls_port": %s, "absent": true}\n' \
        "$digest" "$authority" "$tls" >question
    run -0 "$builddir/acmehook-verify" <question
    says '.verdict == "PASS"'
    presents good.pem
    run -0 "$builddir/acmehook-verify" <question
    says '.verdict == "RETRY"'
    run -0 "$builddir/acmehook-verify" <<<'{"id": 1, "type": "tls-alpn-01", "domain": "www.example.org", "values": ["short"]}'
    says '.verdict == "UNKNOWN" and (.reason | contains("digest"))'
}

@test "every row has a test" {
    for i in $(seq 7); do printf 'T%02d\n' "$i"; done >rows
    sed -n 's/^@test "\(T[0-9][0-9]\):.*/\1/p' "$BATS_TEST_FILENAME" | sort -u | diff - rows
    echo "# rows covered: $(wc -l <rows) of 7" >&3
}
