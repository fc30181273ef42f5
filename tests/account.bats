# dns-account-01 and dns-persist-01: records that are bound to an account.
load lib
load fakedns

account=https://example.com/acme/acct/ExampleAccount
label=_ujmmovf2vn55tgye
name=$label._acme-challenge.example.test
persist=_validation-persist.example.test

# look VERDICT CASE TYPE NAME [VALUE]: what verify says, for that account
look() {
    local verdict=$1 case=$2 want
    shift 2
    run --separate-stderr "$acmehook" --format json --authority "$authority" --verify-timeout 0 --caa-identity ca.example --account "$account" verify "$@"
    want=$(jq -r '.verdict + " " + (.case // "-")' <<<"$output")
    [ "$want" = "$verdict $case" ] || { echo "$*: $output"; echo "$stderr"; return 1; }
    case $verdict in PASS | WARN) status_is 0 ;; FAIL) status_is 3 ;; RETRY) status_is 4 ;; UNKNOWN) status_is 6 ;; esac
}

# detail TYPE TEXT: what the CA would have said
detail() {
    [ "$(jq -r '.ca.type + " " + .ca.detail' <<<"$output")" = "$1 $2" ] || { echo "$output"; return 1; }
}

@test "dns-account-01: the record is at the account's label" {
    dns <<END
$name TXT txt "other" "$digest"
* * nxdomain
END
    look PASS D05 dns-account-01 example.test "$digest"
    jq -e --arg n "$name" '.name == $n and .type == "dns-account-01"' <<<"$output"
    look RETRY D04 dns-account-01 example.test "$digest2"
    detail unauthorized "Incorrect TXT record \"other\" (and 1 more) found at $name (account: \"$account\")"
    dns <<<"* * nodata"
    look RETRY D03 dns-account-01 example.test "$digest"
    detail unauthorized "No TXT record found at $name (account: \"$account\")"
    dns <<<"* * nxdomain"
    look RETRY D02 dns-account-01 example.test "$digest"
    detail dns "DNS problem: NXDOMAIN looking up TXT for $name - check that a DNS record exists for this domain"
    dns <<END
$name TXT txt "\\034$digest\\034"
END
    look FAIL D08 dns-account-01 example.test "$digest"
}

@test "A01 the record of dns-account-01 where that of dns-01 would be" {
    dns <<END
_acme-challenge.example.test TXT txt "$digest"
* * nxdomain
END
    look FAIL A01 dns-account-01 example.test "$digest"
    detail dns "DNS problem: NXDOMAIN looking up TXT for $name - check that a DNS record exists for this domain"
    jq -e --arg n "$name" '(.reason | contains("is at _acme-challenge.example.test, not at " + $n)) and (.hint | length > 10)' <<<"$output"
}

@test "dns-persist-01: any good record will do" {
    local good
    for good in "ca.example; accounturi=$account" "CA.Example. ;accounturi=$account" "ca.example;ACCOUNTURI = $account; x=y; x=z" \
        "ca.example; accounturi=$account; policy=wildcard; persistUntil=99999999999" "ca.exam|ple; accounturi=$account"; do
        dns <<END
$persist TXT txt "v=spf1 -all" "ca.example; accounturi=x" "$good"
END
        look PASS "D0$([[ $good == *'|'* ]] && echo 6 || echo 5)" dns-persist-01 example.test
    done
    jq -e --arg n "$persist" '.name == $n and .domain == "example.test"' <<<"$output"
    dns <<<"$persist TXT txt \"ca.example; accounturi=$account; policy=WildCard\""
    look PASS D01 dns-persist-01 '*.example.test'
    jq -e '.domain == "*.example.test"' <<<"$output"
}

@test "dns-persist-01: nothing there, or nothing for this CA" {
    dns <<<"* * nxdomain"
    look RETRY D02 dns-persist-01 example.test
    detail dns "Retrieving TXT records for DNS-PERSIST-01 challenge: DNS problem: NXDOMAIN looking up TXT for $persist - check that a DNS record exists for this domain"
    dns <<<"* * nodata"
    look RETRY D03 dns-persist-01 example.test
    detail unauthorized "No TXT record found for DNS-PERSIST-01 challenge"
    dns <<<"$persist TXT txt \"other.example; accounturi=$account\" \"ca.example.org; accounturi=$account\""
    look RETRY D04 dns-persist-01 example.test
    detail unauthorized "No valid TXT record found for DNS-PERSIST-01 challenge"
}

@test "P01 a record for this CA that it cannot read" {
    local bad
    for bad in "ca.example; accounturi=$account;" "ca.example" "ca.example; policy=wildcard" "ca.example; accounturi=" "ca.example; accounturi" \
        "ca.example; accounturi=a b" "ca.example; accounturi=$account; accounturi=$account" "ca.example; accounturi=$account; =x" \
        "ca.example; accounturi=$account; persistUntil=soon" "ca.example; accounturi=$account; x=a b"; do
        dns <<<"$persist TXT txt \"v=spf1 -all\" \"$bad\""
        look FAIL P01 dns-persist-01 example.test
        detail malformed 'Parsing DNS-PERSIST-01 challenge TXT record with issuer-domain-name "ca.example"'
        jq -e --arg a "$account" '.hint == "publish: ca.example; accounturi=" + $a' <<<"$output"
    done
}

@test "P02 another account, no wildcards, expired" {
    local checking='Checking DNS-PERSIST-01 challenge TXT record with issuer-domain-name "ca.example": '
    dns <<<"$persist TXT txt \"ca.example; accounturi=${account}s\""
    look FAIL P02 dns-persist-01 example.test
    detail unauthorized "${checking}accounturi mismatch: expected \"$account\", got \"${account}s\""
    dns <<<"$persist TXT txt \"ca.example; accounturi=$account; policy=other\""
    look PASS D01 dns-persist-01 example.test
    look FAIL P02 dns-persist-01 '*.example.test'
    detail unauthorized "${checking}policy mismatch: expected \"wildcard\", got \"\""
    jq -e '.hint | endswith("; policy=wildcard")' <<<"$output"
    dns <<<"$persist TXT txt \"ca.example; accounturi=$account; persistUntil=1767225600\""
    look FAIL P02 dns-persist-01 example.test
    jq -e '.reason | contains("is after persistUntil")' <<<"$output"
}

@test "an account must be known, a value must not, and so on" {
    while read -r words; do
        # shellcheck disable=SC2086
        run --separate-stderr "$acmehook" $words
        status_is 2
        [[ $stderr == "acmehook: verify: "* ]]
    done <<END
verify dns-account-01 example.test $digest
--account $account verify dns-account-01 example.test short
--account $account verify dns-account-01 192.0.2.1 $digest
--account $account verify dns-account-01 example.test
--account $account verify dns-persist-01 example.test
--ca letsencrypt verify dns-persist-01 example.test
--ca letsencrypt --account $account verify dns-persist-01 example.test $digest
--ca letsencrypt --account $account verify dns-persist-01 192.0.2.1
END
}

# go: events on stdin, a result line each in output; the handler is "hook", of the dialect env
go() {
    cat >events
    run --separate-stderr "$acmehook" --authority "${authority-127.0.0.1#1}" --verify-timeout 0 --caa-identity ca.example --to env --handler "$PWD/hook" "$@" --ordered run events
}

# A handler that shows what it was told to publish.
performer() {
    handler hook <<'END'
#!/bin/sh
[ "$1" != perform ] || env | sort >"$0.performed"
END
}

@test "an event of dns-account-01 tells the account, or the name of the record" {
    performer
    dns <<END
$name TXT txt "$digest"
* * nodata
END
    go <<END
{"cmd": "perform_challenge", "type": "dns-account-01", "domain": "example.test", "account": "$account", "validation": "$digest"}
{"cmd": "cleanup", "txt_domain": "$name.", "validation": "$digest"}
{"cmd": "perform_challenge", "type": "dns-account-01", "domain": "example.test", "validation": "$digest"}
{"cmd": "perform_challenge", "type": "dns-account-01", "domain": "example.test", "txt_domain": "_acme-challenge.example.test", "validation": "$digest"}
{"cmd": "perform_challenge", "type": "dns-account-01", "domain": "example.test", "account": "$account", "txt_domain": "_aaaaaaaaaaaaaaaa._acme-challenge.example.test", "validation": "$digest"}
END
    [ "$(jq -r '[.ok, .type, .domain, .verify.case] | join(" ")' <<<"$output")" = "true dns-account-01 example.test D01
true dns-account-01 example.test 
false dns-account-01 example.test 
false dns-account-01 example.test 
false dns-account-01 example.test " ]
    jq -rs '.[2:][].error' <<<"$output" | file_is <(cat <<END
the account of the dns-account-01 challenge of example.test is missing: its URI is needed for the name of the record
the account of the dns-account-01 challenge of example.test is missing: its URI is needed for the name of the record
txt_domain "_aaaaaaaaaaaaaaaa._acme-challenge.example.test" is not the name of the record
END
)
    grep -qx "txt_domain=$name" hook.performed
}

@test "an event of dns-persist-01 has the record as its value" {
    performer
    dns <<END
$persist TXT txt "ca.example; accounturi=$account"
* * nodata
END
    go <<END
{"cmd": "perform_challenge", "type": "dns-persist-01", "domain": "example.test", "account": "$account", "validation": "ca.example; accounturi=$account"}
{"cmd": "perform_challenge", "type": "dns-persist-01", "domain": "*.example.test", "account": "$account", "validation": "ca.example; accounturi=$account"}
END
    [ "$(jq -r '[.ok, .domain, .verify.case] | join(" ")' <<<"$output")" = "true example.test D01
false example.test P02" ]
    grep -qx "validation=ca.example; accounturi=$account" hook.performed
    grep -qx "txt_domain=$persist" hook.performed
}

@test "handlers that cannot be told the name of the record are refused" {
    recorder hook
    for to in dehydrated lego certbot uacme getssl; do
        go --to "$to" <<<"{\"cmd\": \"perform_challenge\", \"type\": \"dns-account-01\", \"domain\": \"example.test\", \"account\": \"$account\", \"validation\": \"$digest\"}"
        jq -e '.ok == false and (.error | test("are not told of dns-account-01"))' <<<"$output"
    done
    [ ! -e hook.calls ]
}
