# acmehook-responder's tls-alpn-01: the handshake of the challenge, and nothing else.
load lib
load responder

acme=1.3.6.1.5.5.7.1.31

setup() {
    [ "$responder_tls" != no ] || skip "built without it"
    for program in openssl curl; do
        command -v $program >/dev/null || skip "$program is not installed"
    done
    responder_setup
    echo 'tls = { "127.0.0.1#0" }' >>r.conf
    hex=$(digest_of "$key_auth")
    hex2=$(digest_of other)
}

# digest_of TEXT: as dehydrated writes it
digest_of() {
    printf %s "$1" | openssl dgst -sha256 -c | cut -d ' ' -f 2
}

# shake WORD...: a handshake by openssl
shake() {
    openssl s_client -connect "127.0.0.1:$tls" "$@" </dev/null 2>&1
}

# presented NAME [HEX]: the certificate for it has that digest; without one, there is none
presented() {
    shake -servername "$1" -alpn acme-tls/1 >handshake || :
    if [ $# = 1 ]; then
        ! grep -q 'BEGIN CERTIFICATE' handshake
        return
    fi
    openssl x509 -in handshake -outform DER -out der 2>/dev/null || return
    # the extension: its OID, TRUE, and the digest in an OCTET STRING in an OCTET STRING
    od -An -v -tx1 der | tr -d ' \n' | grep -q "06082b060105050701""1f0101ff04220420$(tr -d : <<<"$2")"
}

# look VERDICT TYPE NAME VALUE: of acmehook verify, by the rules of two CAs
look() {
    local verdict=$1 ca
    shift
    for ca in letsencrypt pebble; do
        run --separate-stderr "$acmehook" --format json --authority "127.0.0.1#$port" --tls-port "$tls" --ca $ca --allow-reserved \
            --verify-timeout 0 verify "$@"
        [ "$(jq -r .verdict <<<"$output")" = "$verdict" ] || { echo "$output"; return 1; }
    done
}

@test "responder, tls-alpn-01: the certificate that RFC 8737 wants, by TLS 1.2 and 1.3, from deploy to clean" {
    serve
    presented www.example.com
    "$standalone" deploy_challenge www.Example.com "$token" "$hex"
    within 5 presented www.example.com "$hex"
    presented WWW.example.COM "$hex"
    [ "$(openssl x509 -in handshake -noout -ext subjectAltName | sed 1d)" = "    DNS:www.example.com" ]
    [ "$(openssl x509 -in handshake -noout -text | grep -c "^  *X509v3 .*:\|^  *$acme: critical")" = 3 ] # and "X509v3 extensions:"
    openssl x509 -in handshake -noout -text | grep 'Version: 3'
    openssl x509 -in handshake -noout -checkend 86400
    openssl x509 -in handshake -out cert.pem
    # self-signed
    [ "$(openssl x509 -in cert.pem -noout -subject | cut -d = -f 2-)" = "$(openssl x509 -in cert.pem -noout -issuer | cut -d = -f 2-)" ]
    openssl verify -check_ss_sig -ignore_critical -CAfile cert.pem cert.pem
    for version in 2 3; do
        shake -tls1_$version -servername www.example.com -alpn acme-tls/1 >handshake
        grep "^New, TLSv1.$version, " handshake
        grep '^ALPN protocol: acme-tls/1' handshake
        shake -tls1_$version -servername www.example.com -alpn h2,acme-tls/1 | grep '^ALPN protocol: acme-tls/1'
    done
    "$standalone" clean_challenge www.Example.com "$token" "$hex"
    within 5 presented www.example.com
}

@test "responder, tls-alpn-01: acmehook verify is content with it, by the rules of Let's Encrypt and Pebble" {
    command -v jq >/dev/null || skip "jq is not installed"
    name=here.acme.example.net
    "$standalone" deploy_challenge $name "$token" "$hex" 127.0.0.1 "$token" "$hex"
    serve
    config </dev/null
    look PASS tls-alpn-01 $name "$digest"
    look RETRY tls-alpn-01 $name "$digest2"
    look PASS tls-alpn-01 127.0.0.1 "$digest"
    look PASS tls-alpn-01 1.0.0.127.in-addr.arpa "$digest"
    "$standalone" clean_challenge $name "$token" "$hex"
    within 5 presented $name
    look RETRY tls-alpn-01 $name "$digest"
}

@test "responder, tls-alpn-01: addresses are asked for by their reverse names" {
    v6=8.b.d.0.1.0.0.2.ip6.arpa
    v6=1.$(printf '0.%.0s' {1..23})$v6
    "$standalone" deploy_challenge 192.0.2.1 "$token" "$hex" 2001:DB8::1 "$token" "$hex2" 7.2.0.192.in-addr.arpa "$token" "$hex"
    serve
    presented 1.2.0.192.in-addr.arpa "$hex"
    openssl x509 -in handshake -noout -ext subjectAltName | grep '^ *IP Address:192\.0\.2\.1$'
    presented 7.2.0.192.in-addr.arpa "$hex"
    openssl x509 -in handshake -noout -ext subjectAltName | grep '^ *IP Address:192\.0\.2\.7$'
    presented "$v6" "$hex2"
    openssl x509 -in handshake -noout -ext subjectAltName | grep '^ *IP Address:2001:DB8:0:0:0:0:0:1$'
    presented 192.0.2.1
}

@test "responder, tls-alpn-01: who asks for something else gets the alert that says so" {
    "$standalone" deploy_challenge www.example.com "$token" "$hex"
    serve
    while IFS='|' read -r words alert; do
        echo "$words"
        # shellcheck disable=SC2086 # words
        shake $words >handshake || :
        grep "SSL alert number $alert$" handshake
        run ! grep 'BEGIN CERTIFICATE' handshake
    done <<END
-tls1_2 -servername www.example.com|120
-tls1_3 -servername www.example.com|120
-tls1_2 -servername www.example.com -alpn h2,http/1.1|120
-tls1_3 -servername www.example.com -alpn h2,http/1.1|120
-tls1_2 -servername example.com -alpn acme-tls/1|112
-tls1_3 -servername example.com -alpn acme-tls/1|112
-tls1_3 -servername www.example.com.evil.test -alpn acme-tls/1|112
-tls1_2 -noservername -alpn acme-tls/1|40
-tls1_3 -noservername -alpn acme-tls/1|109
-tls1_1 -cipher DEFAULT@SECLEVEL=0 -servername www.example.com -alpn acme-tls/1|70
END
}

@test "responder, tls-alpn-01: nothing is served after the handshake, no session, no renegotiation" {
    "$standalone" deploy_challenge www.example.com "$token" "$hex"
    serve
    run python3 - "$tls" <<'END'
import socket, ssl, sys
for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = context.maximum_version = version
    context.set_alpn_protocols(["acme-tls/1"])
    s = context.wrap_socket(socket.create_connection(("127.0.0.1", int(sys.argv[1]))), server_hostname="www.example.com")
    s.settimeout(5)
    ticket = s.session and s.session.has_ticket
    s.sendall(b"GET / HTTP/1.0\r\n\r\n")
    print(s.version(), s.selected_alpn_protocol(), ticket, s.recv(100))
END
    [ "${lines[0]}" = "TLSv1.2 acme-tls/1 False b''" ]
    [[ ${lines[1]} == "TLSv1.3 acme-tls/1 "*" b''" ]]
    [[ ${lines[1]} != *True* ]]
}

@test "responder, tls-alpn-01: digests in both alphabets; of two for one name the last one is presented" {
    serve
    printf 'tls-alpn-01 www.example.com %s\n' "$digest" >"$SPOOL/one"
    within 5 presented www.example.com "$hex"
    printf 'tls-alpn-01 www.example.com %s\n' "$hex2" >"$SPOOL/two"
    within 5 presented www.example.com "$hex2"
    rm "$SPOOL/two"
    within 5 presented www.example.com "$hex"
    printf 'tls-alpn-01 www.example.com %s\n' "${hex2^^}" >"$SPOOL/.new"
    mv "$SPOOL/.new" "$SPOOL/one"
    within 5 presented www.example.com "$hex2"
}

@test "responder, tls-alpn-01: what is no TLS is hung up on, and does no harm" {
    "$standalone" deploy_challenge www.example.com "$token" "$hex"
    serve
    run python3 - "$tls" <<'END'
import os, socket, sys
hello = lambda n: b"\x16\3\1" + n.to_bytes(2, "big")
for data in (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"\x80\x2e\1\0\2" + bytes(41), os.urandom(4096), b"\x15\3\1\0\2\2\0",
             hello(16384) + b"\1\0\xff\xff" + bytes(16380), (hello(16384) + b"\1\xff\xff\xff" + bytes(16380)) * 20, b""):
    s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
    s.settimeout(15)
    try:
        s.sendall(data)
        s.shutdown(socket.SHUT_WR)
        while s.recv(4096):
            pass
    except socket.timeout:
        print("not", end=" ")
    except OSError: # it was faster than we are
        pass
    print("over")
END
    [ "$output" = "$(printf 'over\n%.0s' {1..7})" ]
    presented www.example.com "$hex"
    stop
    [ "$status" = 0 ]
}

@test "responder, tls-alpn-01: connections that are held keep neither handshakes, DNS nor HTTP out, and end after 10 s" {
    "$standalone" deploy_challenge www.example.com "$token" "$hex" a.test "$token" "$key_auth"
    serve
    hold "$tls" '\x16\3\1\2\0\1\0\1'
    presented www.example.com "$hex"
    [ "$(ask +short www.acme.example.net A)" = 192.0.2.7 ]
    [ "$(ask +short +tcp www.acme.example.net A)" = 192.0.2.7 ]
    [ "$(curl -fsS "http://127.0.0.1:$web/.well-known/acme-challenge/$token")" = "$key_auth" ]
    presented www.example.com "$hex"
    let_go
}

@test "responder, tls-alpn-01: a flood of handshakes stops neither other handshakes nor answers by DNS" {
    "$standalone" deploy_challenge www.example.com "$token" "$hex"
    serve
    cat >flood.py <<'END'
import socket, ssl, sys, threading
done = threading.Event()
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.check_hostname = False
context.verify_mode = ssl.CERT_NONE
context.set_alpn_protocols(["acme-tls/1"])
n = [0] * 8
def shake(i):
    while not done.is_set():
        try:
            s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), source_address=("127.9.9.9", 0))
            context.wrap_socket(s, server_hostname="www.example.com").close()
            n[i] += 1
        except OSError:
            pass
threads = [threading.Thread(target=shake, args=(i,)) for i in range(len(n))]
for t in threads:
    t.start()
print("begun", flush=True)
sys.stdin.read()
done.set()
for t in threads:
    t.join()
print(sum(n))
END
    mkfifo in
    python3 flood.py "$tls" <in >flood 3>&- &
    flood=$!
    exec {end}>in
    within 10 grep -q begun flood
    for i in {1..20}; do
        [ "$(dig -p "$port" @127.0.0.1 +time=2 +tries=1 +short www.acme.example.net A)" = 192.0.2.7 ]
        presented www.example.com "$hex"
    done
    exec {end}>&-
    wait $flood
    cat flood
    [ "$(sed -n 2p flood)" -gt 100 ]
}

