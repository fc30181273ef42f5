# Every client calls every kind of handler: the calls are the clients' own, written by hand, and so
# is what each handler must get.
load lib

# A key authorization whose token and digest begin with '-': whatever cannot stand that fails here.
T=-RV3ov4aMdJGBcp-vjeUARmc5oQG-t2e15A3HkoBHOY
K=$T.9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI
D=-FVk2kpongQFTl-187wJpwpquMEs0qUyn6BDqqTNLqc
alpn=f8:55:64:da:4a:68:9e:04:05:4e:5f:b5:f3:bc:09:a7:0a:6a:b8:c1:2c:d2:a5:32:9f:a0:43:aa:a4:cd:2e:a7

handlers="acme.sh acme.sh-deploy acmetool certbot dehydrated env getssl lego lego-hook lego-raw mod_md posh-acme truenas uacme win-acme"
plugin_keys="cmd|type|domain|token|validation|txt_domain|uri|key_auth|status|validated|error|cert_path|key_path|chain_path|fullchain_path|timestamp|port|cert_timestamp"

setup() {
    own_directory
    config <<<'verify = "off"'
    # keeps its words (a line a call), standard input, and environment (a file a first word)
    handler hook <<'EOF'
#!/bin/bash
cd "${0%/*}"
echo "${*@Q}" >>calls
cat >"input.${1-}"
env >"env.${1-}"
EOF
    # what acme.sh sources records in the same way
    handler dns_test.sh <<'EOF'
dns_test_add() { ./hook add "$@"; }
dns_test_rm() { ./hook rm "$@"; }
dns_test_deploy() { ./hook deploy "$@"; }
EOF
    acme_sh acme.sh
    export ACME_SH=$PWD/acme.sh HOME=$PWD
    live=$PWD/live/example.test
}

# The certificate files: certbot's directory, those of lego, acme.sh, acmetool, and mod_md.
certificates() {
    mkdir -p "$live" lego acmesh acme/live/example.test md/domains/example.test
    touch -d @1700000000 "$live"/{cert,chain,fullchain,privkey}.pem lego/example.test.{crt,key,issuer.crt} \
        acmesh/{example.test.key,example.test.cer,ca.cer,fullchain.cer} \
        acme/live/example.test/{cert,chain,fullchain,privkey} md/domains/example.test/{pubcert,privkey}.pem
}

# --- clients

# client NAME SITUATION: how it calls its hook. Sets words; vars, its variables; input, what is on
# standard input ("-": it is closed); told, what of "token" and "key_auth" it tells.
client() {
    vars=() input=$'not for you\n' told=
    case "$1 $2" in
    'acme.sh dns-01 deploy') words=(add _acme-challenge.example.test "$D" "$K") told="token key_auth" ;;
    'acme.sh dns-01 clean') words=(rm _acme-challenge.example.test "$D" "$K") told="token key_auth" ;;
    'acme.sh-bare dns-01 deploy') words=(add _acme-challenge.example.test "$D") ;;
    'acme.sh-bare dns-01 clean') words=(rm _acme-challenge.example.test "$D") ;;
    'acme.sh certificate') words=(deploy example.test "$PWD"/acmesh/{example.test.key,example.test.cer,ca.cer,fullchain.cer}) ;;
    'acmetool dns-01 '*)
        input=''
        words=("challenge-dns-$(start_or_stop "$2")" example.test '' "$D" '')
        vars=(ACME_STATE_DIR=/var/lib/acme)
        ;;
    'acmetool http-01 '*)
        input=$K told="token key_auth"
        words=("challenge-http-$(start_or_stop "$2")" example.test '' "$T")
        vars=(ACME_STATE_DIR=/var/lib/acme)
        ;;
    'acmetool certificate')
        words=(live-updated) input=$'example.test\n'
        vars=("ACME_STATE_DIR=$PWD/acme")
        ;;
    'certbot dns-01 '* | 'certbot http-01 '*)
        words=(auth)
        vars=(CERTBOT_DOMAIN=example.test CERTBOT_IDENTIFIER=example.test CERTBOT_ALL_DOMAINS=example.test
            CERTBOT_ALL_IDENTIFIERS=example.test CERTBOT_REMAINING_CHALLENGES=0 "CERTBOT_VALIDATION=$D")
        [[ $2 == dns-01* ]] || vars+=("CERTBOT_TOKEN=$T" "CERTBOT_VALIDATION=$K")
        [[ $2 == dns-01* ]] || told="token key_auth"
        [[ $2 == *deploy ]] || { words=(cleanup) && vars+=('CERTBOT_AUTH_OUTPUT=zone 7'); }
        ;;
    'certbot certificate') words=(deploy) vars=("RENEWED_LINEAGE=$live" "RENEWED_DOMAINS=example.test www.example.test") ;;
    'dehydrated '*-01' '*)
        words=("${2#* }_challenge" example.test "$T" "$(validation "$2" $alpn)")
        told="token $(only_http key_auth "$2")"
        vars=("CHALLENGETYPE=${2% *}" altnames=example.test alias=example.test BASEDIR=/b WELLKNOWN=/w)
        ;;
    'dehydrated certificate')
        words=(deploy_cert example.test "$live/privkey.pem" "$live/cert.pem" "$live/fullchain.pem" "$live/chain.pem" 1700000000)
        vars=(alias=example.test CHALLENGETYPE=dns-01)
        ;;
    'extauth '*-01' '*)
        told="token key_auth"
        words=("$(perform_or_cleanup "$2")")
        plugin_vars "cmd=$(perform_or_cleanup "$2" _challenge)" "type=${2% *}" domain=example.test "token=$T" \
            "validation=$(validation "$2")" "key_auth=$K" status=pending validated=None error=None
        ;;
    'extauth certificate')
        words=(deploy_cert)
        plugin_vars cmd=deploy_cert domain=example.test "cert_path=$live/cert.pem" "key_path=$live/privkey.pem" \
            "chain_path=$live/chain.pem" "fullchain_path=$live/fullchain.pem" port=1700000000 cert_timestamp=1700000000
        ;;
    'getssl dns-01 deploy') words=(add example.test "$D") ;;
    'getssl dns-01 clean') words=(del example.test "$D") ;;
    'json '*-01' '*)
        told="token key_auth" words=()
        input='{"cmd": "'$(perform_or_cleanup "$2" _challenge)'", "type": "'${2% *}'", "status": "pending", "domain": "example.test", "token": "'$T'", "validation": "'$(validation "$2")'", "key_auth": "'$K'", "validated": null, "error": null}'
        ;;
    'json certificate')
        words=()
        input='{"cmd": "deploy_cert", "domain": "example.test", "cert_path": "'$live'/cert.pem", "key_path": "'$live'/privkey.pem", "chain_path": "'$live'/chain.pem", "fullchain_path": "'$live'/fullchain.pem", "port": 1700000000, "cert_timestamp": 1700000000}'
        ;;
    'lego dns-01 deploy') words=(present _acme-challenge.example.test. "$D") input='' ;;
    'lego dns-01 clean') words=(cleanup _acme-challenge.example.test. "$D") input='' ;;
    'lego-raw dns-01 deploy') words=(present -- example.test "$T" "$K") input='' told="token key_auth" ;;
    'lego-raw dns-01 clean') words=(cleanup -- example.test "$T" "$K") input='' told="token key_auth" ;;
    'lego-1 dns-01 deploy') words=(present _acme-challenge.example.test. "$D" 120) input='' ;;
    'lego-1 dns-01 clean') words=(cleanup _acme-challenge.example.test. "$D" 120) input='' ;;
    'lego-4 certificate')
        words=(deploy)
        vars=(LEGO_ACCOUNT_EMAIL=a@example.test LEGO_CERT_DOMAIN=example.test "LEGO_CERT_PATH=$PWD/lego/example.test.crt"
            "LEGO_CERT_KEY_PATH=$PWD/lego/example.test.key")
        ;;
    'lego certificate')
        words=(deploy)
        vars=(LEGO_HOOK_CERT_NAME=example.test LEGO_HOOK_CERT_DOMAINS=example.test "LEGO_HOOK_CERT_PATH=$PWD/lego/example.test.crt"
            "LEGO_HOOK_CERT_KEY_PATH=$PWD/lego/example.test.key" "LEGO_HOOK_ISSUER_CERT_PATH=$PWD/lego/example.test.issuer.crt")
        ;;
    'mod_md dns-01 deploy') words=(setup example.test "$D") input=- ;;
    'mod_md dns-01 clean') words=(teardown example.test "$D") input=- ;;
    'mod_md certificate') words=(installed example.test) vars=("MDStoreDir=$PWD/md") input=- ;;
    'posh-acme dns-01 deploy') words=(add _acme-challenge.example.test "$D") ;;
    'posh-acme dns-01 clean') words=(delete _acme-challenge.example.test "$D") ;;
    'proxmox dns-01 deploy') words=(setup sample example.test) input="$D"$'\nSAMPLE_Key=a = b\n' ;;
    'proxmox dns-01 clean') words=(teardown sample example.test) input="$D"$'\n' ;;
    'truenas dns-01 deploy') words=(set example.test _acme-challenge.example.test "$D") ;;
    'truenas dns-01 clean') words=(unset example.test _acme-challenge.example.test "$D") ;;
    'uacme '*-01' '*)
        words=(begin "${2% *}" example.test "$T" "$(validation "$2")")
        [[ $2 == *deploy ]] || words[0]='done'
        told="token $(only_http key_auth "$2")"
        vars=(UACME_CONFDIR=/etc/ssl/uacme UACME_VERBOSE=0 "UACME_METHOD=${words[0]}" "UACME_TYPE=${words[1]}"
            UACME_IDENT=example.test "UACME_TOKEN=$T" "UACME_AUTH=${words[4]}")
        ;;
    'win-acme dns-01 deploy') words=(create example.test _acme-challenge.example.test "$D") ;;
    'win-acme dns-01 clean') words=(delete example.test _acme-challenge.example.test "$D") ;;
    *) echo "no such client: $1 $2" && return 1 ;;
    esac
}

# validation "TYPE VERB" [ALPN]: what is published; tls-alpn-01 in the form ALPN, if it is given
validation() {
    case $1 in
    http-01*) echo "$K" ;;
    tls-alpn-01*) echo "${2:-$D}" ;;
    *) echo "$D" ;;
    esac
}
start_or_stop() {
    [[ $1 == *deploy ]] && echo start || echo stop
}
perform_or_cleanup() {
    [[ $1 == *deploy ]] && echo "perform${2-}" || echo cleanup
}
only_http() {
    [[ $2 != http-01* ]] || echo "$1"
}
# plugin_vars NAME=VALUE...: every one of them twice, as certbot-external-auth does
plugin_vars() {
    local pair
    for pair; do
        vars+=("$pair" "cbot_$pair")
    done
    vars+=('cbot_json={}')
}

# What other clients have left in the environment must not reach a handler that would believe it.
stale=(CERTBOT_DOMAIN=stale.test CERTBOT_IDENTIFIER=stale.test CERTBOT_VALIDATION=stale CERTBOT_TOKEN=stale
    CERTBOT_ALL_DOMAINS=stale.test CERTBOT_ALL_IDENTIFIERS=stale.test CERTBOT_REMAINING_CHALLENGES=7
    CERTBOT_AUTH_OUTPUT=stale RENEWED_LINEAGE=/stale RENEWED_DOMAINS=stale.test FAILED_DOMAINS=stale.test
    LEGO_HOOK_CERT_NAME=stale.test LEGO_HOOK_ISSUER_CERT_PATH=/stale
    UACME_METHOD=failed UACME_TYPE=stale UACME_IDENT=stale.test UACME_TOKEN=stale UACME_AUTH=stale
    CHALLENGETYPE=stale altnames=stale.test)
for key in ${plugin_keys//|/ }; do
    stale+=("$key=stale" "cbot_$key=stale")
done
# What the client itself would say with them is not stale: certbot's dns-01 is to have no token.
stale_for() {
    local pair
    [ "${kept_for-}" != "$1" ] || return 0
    kept=() kept_for=$1
    for pair in "${stale[@]}"; do
        case "$1 $pair" in
        'certbot CERTBOT_TOKEN='* | 'dehydrated CHALLENGETYPE='* | 'dehydrated altnames='* | 'extauth '* | 'lego LEGO_'*) ;;
        *) kept+=("$pair") ;;
        esac
    done
}

# dialect CLIENT: which --from it is
dialect() {
    case $1 in
    acme.sh-* | lego-*) echo "${1%-*}" ;;
    *) echo "$1" ;;
    esac
}

# script HANDLER: the file that is one
script() {
    case $1 in
    acme.sh*) echo dns_test.sh ;;
    *) echo hook ;;
    esac
}

# call_hook CLIENT OPTION...: the call that client() has set
call_hook() {
    local name
    name=$(dialect "$1")
    stale_for "$name"
    set -- env "${kept[@]}" "${vars[@]}" "$acmehook" -H "$PWD/$(script "${3-}")" "${@:2}" --from "$name" "${words[@]}"
    rm -f calls input.* env.*
    if [ "$input" = - ]; then
        run --separate-stderr "$@" <&-
    else
        run --separate-stderr "$@" < <(printf %s "$input")
    fi
}

# --- handlers

# wanted CLIENT HANDLER SITUATION: calls, variables, and standard input that the handler must get, or
# refused, the sentence why it cannot be told. Nothing at all: it is not called.
wanted() {
    local word verb=${3#* } type=${3% *} token=$D
    calls=() variables=() standard_input='' refused=''
    [[ $told != *token* ]] || token=$T
    if [ "$3" = certificate ]; then
        wanted_certificate "$1" "$2"
        return
    fi
    case "$2 $type" in
    'acme.sh dns-01') calls=("$(one_of "$verb" add rm) _acme-challenge.example.test $D") ;;
    'acmetool dns-01')
        calls=("challenge-dns-$(start_or_stop "$3") example.test '' $D ''")
        variables=(ACME_STATE_DIR=/var/lib/acme)
        ;;
    'acmetool http-01')
        variables=(ACME_STATE_DIR=/var/lib/acme)
        calls=("challenge-http-$(start_or_stop "$3") example.test '' $T")
        standard_input=$K
        ;;
    'certbot dns-01' | 'certbot http-01')
        calls=("")
        variables=(CERTBOT_DOMAIN=example.test CERTBOT_IDENTIFIER=example.test "CERTBOT_VALIDATION=$(validation "$3")"
            CERTBOT_ALL_DOMAINS=example.test CERTBOT_ALL_IDENTIFIERS=example.test CERTBOT_REMAINING_CHALLENGES=0)
        [ "$type" = dns-01 ] || variables+=("CERTBOT_TOKEN=$T")
        [[ "$1 $verb" != "certbot clean" ]] || variables+=('CERTBOT_AUTH_OUTPUT=zone 7')
        ;;
    'dehydrated '*)
        calls=("${verb}_challenge example.test $token $(validation "$3" $alpn)")
        variables=("CHALLENGETYPE=$type" altnames=example.test)
        ;;
    'env '*)
        word=$(perform_or_cleanup "$3")
        calls=("pre-$word" "$word" "post-$word")
        plugin_variables "$1" "$3"
        ;;
    'getssl dns-01') calls=("example.test $D") ;;
    'lego dns-01') calls=("$(present_or "$verb") _acme-challenge.example.test. $D") ;;
    'lego-raw dns-01')
        calls=("$(present_or "$verb") -- example.test $T $K")
        [[ $told == *key_auth* ]] ||
            refused="the handler's $(present_or "$verb") (dialect lego-raw) needs the key_auth, which the client does not tell; set thumbprint, or use a handler that wants the TXT value instead"
        [[ $told == *token* ]] || refused="the handler's $(present_or "$verb") (dialect lego-raw) needs the "
        ;;
    'mod_md dns-01') calls=("$(one_of "$verb" setup teardown) example.test $D") ;;
    'posh-acme dns-01') calls=("$(one_of "$verb" add delete) _acme-challenge.example.test $D") ;;
    'truenas dns-01') calls=("$(one_of "$verb" set unset) example.test _acme-challenge.example.test $D") ;;
    'uacme '*)
        word=$(one_of "$verb" begin 'done')
        calls=("$word $type example.test $token $(validation "$3")")
        variables=("UACME_METHOD=$word" "UACME_TYPE=$type" UACME_IDENT=example.test "UACME_TOKEN=$token" "UACME_AUTH=$(validation "$3")")
        ;;
    'win-acme dns-01') calls=("$(one_of "$verb" create delete) example.test _acme-challenge.example.test $D") ;;
    *) refused="handlers of the dialect $2 are not told of $type; use another handler for it" ;;
    esac
}

one_of() {
    [ "$1" = deploy ] && echo "$2" || echo "$3"
}
present_or() {
    one_of "$1" present cleanup
}

# Without a token the value stands in; uacme is the one client that tells a status of its own.
plugin_variables() {
    local cmd status=pending type=${2% *} list=()
    cmd=$(perform_or_cleanup "$2" _challenge)
    list=("cmd=$cmd" "type=$type" domain=example.test "token=$token" "validation=$(validation "$2")")
    [[ $told != *key_auth* ]] || list+=("key_auth=$K")
    [ "$1" != uacme ] || status=valid
    if [ "$cmd" = cleanup ]; then
        list+=("status=$status" validated=None error=None)
    else
        [ "$type" != dns-01 ] || list+=(txt_domain=_acme-challenge.example.test)
        [ "$type" != http-01 ] || list+=("uri=http://example.test/.well-known/acme-challenge/$T")
    fi
    variables=("${list[@]}" "${list[@]/#/cbot_}")
}

wanted_certificate() {
    local list key=$live/privkey.pem cert=$live/cert.pem full=$live/fullchain.pem chain=$live/chain.pem
    case $1 in
    lego*) key=$PWD/lego/example.test.key cert=$PWD/lego/example.test.crt full=$cert chain=$PWD/lego/example.test.issuer.crt ;;
    acme.sh) key=$PWD/acmesh/example.test.key cert=$PWD/acmesh/example.test.cer full=$PWD/acmesh/fullchain.cer chain=$PWD/acmesh/ca.cer ;;
    acmetool) key=$PWD/acme/live/example.test/privkey cert=${key%/*}/cert full=${key%/*}/fullchain chain=${key%/*}/chain ;;
    mod_md) key=$PWD/md/domains/example.test/privkey.pem cert=$PWD/md/domains/example.test/pubcert.pem full=$cert chain=$cert ;;
    esac
    case $2 in
    acme.sh-deploy) calls=("deploy example.test $key $cert $chain $full") ;;
    acmetool)
        calls=(live-updated) standard_input=example.test
        variables=("ACME_STATE_DIR=$PWD/acme")
        [ "$1" = acmetool ] ||
            refused="the handler's live-updated (dialect acmetool) needs the directory with live/DOMAIN/cert, chain, fullchain and privkey, which the client does not tell"
        ;;
    certbot)
        calls=("")
        variables=("RENEWED_LINEAGE=$live" RENEWED_DOMAINS=example.test)
        [ "$1" != certbot ] || variables[1]+=" www.example.test"
        [[ $1 != @(lego*|acme.sh|acmetool|mod_md) ]] ||
            refused="the handler's deploy (dialect certbot) needs the directory with cert.pem, chain.pem, fullchain.pem and privkey.pem, which the client does not tell"
        ;;
    lego-hook)
        calls=("")
        variables=(LEGO_HOOK_CERT_NAME=example.test LEGO_CERT_DOMAIN=example.test "LEGO_HOOK_CERT_PATH=$full" "LEGO_CERT_PATH=$full"
            "LEGO_HOOK_CERT_KEY_PATH=$key" "LEGO_CERT_KEY_PATH=$key"
            "LEGO_HOOK_ISSUER_CERT_PATH=$chain" "LEGO_ISSUER_CERT_PATH=$chain")
        ;;
    dehydrated) calls=("deploy_cert example.test $key $cert $full $chain 1700000000") ;;
    env)
        calls=(deploy_cert)
        list=(cmd=deploy_cert domain=example.test "cert_path=$cert" "key_path=$key" "chain_path=$chain" "fullchain_path=$full"
            timestamp=1700000000 port=1700000000)
        case $1 in certbot | extauth | json) list+=(cert_timestamp=1700000000) ;; esac
        variables=("${list[@]}" "${list[@]/#/cbot_}")
        ;;
    esac
}

# its_variables HANDLER SITUATION: sets pattern, the variables of its dialect; false if it has none
its_variables() {
    case "$1${2#*-01}" in
    acmetool*) pattern=ACME_STATE_DIR ;;
    certbot*) pattern='(CERTBOT_|RENEWED_|FAILED_DOMAINS)[A-Z_]*' ;;
    dehydrated' '*) pattern='CHALLENGETYPE|altnames' ;;
    env*) pattern="(cbot_)?($plugin_keys)" ;;
    lego-hookcertificate) pattern='LEGO_(HOOK_CERT_NAME|CERT_DOMAIN|(HOOK_)?(CERT|CERT_KEY|ISSUER_CERT)_PATH)' ;;
    uacme*) pattern='UACME_(METHOD|TYPE|IDENT|TOKEN|AUTH)' ;;
    *) return 1 ;;
    esac
}

# --- the matrix

# same WHAT IS WANTED
same() {
    [ "$2" = "$3" ] && return
    printf '%s: %s\n' "$pair" "$1"
    diff <(echo "$3") <(echo "$2")
}

# quoted LINE...: each as the recorder writes it
quoted() {
    local line fields
    for line; do
        eval "fields=(${line})"
        echo "${fields[*]@Q}"
    done
}

lines() {
    [ $# -eq 0 ] || printf '%s\n' "$@"
}

# told_only: without what stands in where the client does not tell; that has tests of its own
told_only() {
    grep -vxE "CERTBOT_AUTH_OUTPUT=|(cbot_)?(token=$D|status=(None|pending))" || true
}

got_all() { # HANDLER SITUATION
    local pattern
    if [ ${#calls[@]} -eq 0 ]; then
        [ ! -e calls ] || same words "$(<calls)" ""
        return
    fi
    same words "$(<calls)" "$(quoted "${calls[@]}")" || return
    if its_variables "$1" "$2"; then
        rm -f env.pre-* env.post-* # which have no data
        same environment "$(grep -hE "^($pattern)=" env.* | told_only | sort)" "$(lines "${variables[@]}" | told_only | sort)" || return
    fi
    same "standard input" "$(cat input.*)" "$standard_input"
}

# answered CLIENT: its contract for a call that went well, or, with a sentence, for one that did not
answered() {
    local code=0 sentence=$2
    [ -z "$sentence" ] || code=2
    [ -z "$sentence" ] || [ "$1" != uacme ] || code=1
    [ -z "$sentence" ] || [ "$1" != uacme ] || [ "${words[0]}" = begin ] || code=0
    same "exit status" "$status" "$code" || return
    if [ "$1" = json ]; then
        same stderr "$stderr" "" || return
        [ -n "$sentence" ] || sentence='"ok": true, "error": null'
        [[ $output == *"$sentence"* ]] || same stdout "$output" "$sentence"
    else
        same stdout "$output" "" || return
        [ -n "$sentence" ] || same stderr "$stderr" "" || return
        [[ $stderr == *"$sentence"* && ${stderr_lines[0]-} == "${sentence:+acmehook: }"* ]] || same stderr "$stderr" "$sentence"
    fi
}

# every_handler CLIENT SITUATION...
every_handler() {
    local name=$1 situation to pair failed=0
    shift
    certificates
    for situation; do
        for to in $handlers; do
            pair="$name -> $to, $situation"
            client "$name" "$situation"
            wanted "$name" "$to" "$situation"
            call_hook "$name" --to "$to"
            [ -z "$refused" ] || calls=()
            answered "$name" "$refused" && got_all "$to" "$situation" || failed=1
        done
    done
    [ "$failed" -eq 0 ]
}

@test "dns-01: acme.sh calls every handler" { every_handler acme.sh "dns-01 deploy" "dns-01 clean"; }
@test "dns-01: acmetool calls every handler" { every_handler acmetool "dns-01 deploy" "dns-01 clean"; }
@test "dns-01: certbot calls every handler" { every_handler certbot "dns-01 deploy" "dns-01 clean"; }
@test "dns-01: dehydrated calls every handler" { every_handler dehydrated "dns-01 deploy" "dns-01 clean"; }
@test "dns-01: certbot-external-auth calls every handler" { every_handler extauth "dns-01 deploy" "dns-01 clean"; }
@test "dns-01: getssl calls every handler" { every_handler getssl "dns-01 deploy" "dns-01 clean"; }
@test "dns-01: JSON events call every handler" { every_handler json "dns-01 deploy" "dns-01 clean"; }
@test "dns-01: lego calls every handler" { every_handler lego "dns-01 deploy" "dns-01 clean"; }
@test "dns-01: lego with EXEC_MODE=RAW calls every handler" { every_handler lego-raw "dns-01 deploy" "dns-01 clean"; }
@test "dns-01: mod_md, with standard input closed, calls every handler" { every_handler mod_md "dns-01 deploy" "dns-01 clean"; }
@test "dns-01: Posh-ACME calls every handler" { every_handler posh-acme "dns-01 deploy" "dns-01 clean"; }
@test "dns-01: Proxmox calls every handler" { every_handler proxmox "dns-01 deploy" "dns-01 clean"; }
@test "dns-01: TrueNAS calls every handler" { every_handler truenas "dns-01 deploy" "dns-01 clean"; }
@test "dns-01: uacme calls every handler" { every_handler uacme "dns-01 deploy" "dns-01 clean"; }
@test "dns-01: win-acme calls every handler" { every_handler win-acme "dns-01 deploy" "dns-01 clean"; }

@test "http-01: acmetool calls every handler" { every_handler acmetool "http-01 deploy" "http-01 clean"; }
@test "http-01: certbot calls every handler" { every_handler certbot "http-01 deploy" "http-01 clean"; }
@test "http-01: dehydrated calls every handler" { every_handler dehydrated "http-01 deploy" "http-01 clean"; }
@test "http-01: certbot-external-auth calls every handler" { every_handler extauth "http-01 deploy" "http-01 clean"; }
@test "http-01: JSON events call every handler" { every_handler json "http-01 deploy" "http-01 clean"; }
@test "http-01: uacme calls every handler" { every_handler uacme "http-01 deploy" "http-01 clean"; }

@test "tls-alpn-01: dehydrated calls every handler" { every_handler dehydrated "tls-alpn-01 deploy" "tls-alpn-01 clean"; }
@test "tls-alpn-01: uacme calls every handler" { every_handler uacme "tls-alpn-01 deploy" "tls-alpn-01 clean"; }

@test "acme.sh without the key authorization, and lego 1, which appended a TTL" {
    handlers="dehydrated lego-raw"
    every_handler acme.sh-bare "dns-01 deploy" "dns-01 clean"
    every_handler lego-1 "dns-01 deploy" "dns-01 clean"
}

@test "a certificate: every client calls every handler that has a word for it" {
    for name in acme.sh acmetool certbot dehydrated extauth json lego lego-4 mod_md; do
        every_handler $name certificate
    done
}

# other_events: calls of dehydrated's that are neither challenges nor new certificates
other_events() {
    cat <<'EOF'
startup_hook
exit_hook
exit_hook 'it failed'
sync_cert /k /c /f /h /r
deploy_ocsp example.test /o 1
unchanged_cert example.test /k /c /f /h
invalid_challenge example.test 'no such name'
request_failure 500 error get headers
generate_csr example.test /dir example.test
EOF
}

@test "other events reach the handlers that have a word for them; for all others they succeed silently" {
    local line word pair to failed=0
    for to in $handlers; do
        while read -r line; do
            eval "words=($line)" && word=${words[0]}
            variables=() standard_input=''
            case "$to $word" in
            dehydrated*) calls=("$line") ;;
            'certbot startup_hook' | 'certbot exit_hook') calls=("") ;;
            'env unchanged_cert')
                calls=(unchanged_cert)
                variables=({,cbot_}{cmd=deploy_cert,domain=example.test,cert_path=/c,key_path=/k,chain_path=/h,fullchain_path=/f})
                ;;
            *) calls=() ;;
            esac
            rm -f calls input.* env.*
            run --separate-stderr "$acmehook" -H "$PWD/$(script "$to")" --to "$to" --from dehydrated "${words[@]}" </dev/null
            pair="dehydrated $line -> $to"
            same "exit status" "$status" 0 && same output "$output$stderr" "" && got_all "$to" other || failed=1
        done < <(other_events)
    done
    [ "$failed" -eq 0 ]
}

# known FLAG: the names of all dialects with from or to
known() {
    "$acmehook" dialects | awk -v flag="$1" '$2 == flag || $3 == flag { print $1 }'
}

@test "no dialect is missing here: every client, every handler, and every client's wrong calls" {
    # with handlers of these two one talks: talk.bats
    diff <(known to | grep -vxE 'json|manual') <(tr ' ' '\n' <<<"$handlers")
    diff <(known from) <(sed -n 's/^@test .*{ every_handler \([^ ]*\) .*/\1/p' "$BATS_TEST_FILENAME" | grep -vx lego-raw | sort -u)
    # JSON events that are wrong are in run.bats
    diff <(known from | grep -vx json) <(sed -n 's/^\([a-z_.-]*\)  *| .* | *[0-9]* |.*/\1/p' "$BATS_TEST_FILENAME" | sort -u)
}

# --- what the matrix cannot say

# calls_are LINE...: what the handler got, in the shell's quotes where it needs them
calls_are() {
    diff -u <(quoted "$@") <(cat calls 2>/dev/null)
}
# from CLIENT WORD...
from() {
    rm -f calls
    run --separate-stderr "$acmehook" -H "$PWD/hook" --from "$@" </dev/null
}
# fails NAME...: a handler that fails where its first word is one of these
fails() {
    handler hook <<EOF
#!/bin/sh
cd "\${0%/*}" && echo "\$*" >>calls
case \$1 in $1) exit 3 ;; esac
EOF
}

@test "an env handler always has a token: without one the value stands in" {
    run -0 "$acmehook" -H "$PWD/hook" --to env --from lego present _acme-challenge.example.test. "$D"
    grep -qxe "token=$D" env.perform
    grep -qxe "cbot_token=$D" env.perform
}

@test "an env handler that cleans is told status=pending, as certbot-external-auth always did" {
    run -0 "$acmehook" -H "$PWD/hook" --to env --from lego cleanup _acme-challenge.example.test. "$D"
    grep -qx status=pending env.cleanup
    grep -qx cbot_status=pending env.cleanup
}

@test "a certbot handler that cleans has CERTBOT_AUTH_OUTPUT, empty if nothing is known of it" {
    run -0 "$acmehook" -H "$PWD/hook" --to certbot --from lego cleanup _acme-challenge.example.test. "$D"
    grep -qx CERTBOT_AUTH_OUTPUT= env.
}

@test "a certbot handler is told how many are left of a chain, and all names" {
    handler hook <<'EOF'
#!/bin/sh
echo "$CERTBOT_DOMAIN $CERTBOT_ALL_DOMAINS $CERTBOT_REMAINING_CHALLENGES ${CERTBOT_TOKEN-none}" >>"${0%/*}/calls"
EOF
    run -0 --separate-stderr "$acmehook" -H "$PWD/hook" --to certbot --from dehydrated deploy_challenge a.test "$T" "$D" b.test tok-2 "$digest"
    file_is calls <<EOF
a.test a.test,b.test 1 none
b.test a.test,b.test 0 none
EOF
}

@test "certbot to a certbot handler: how many are left, and of which names, as certbot says it" {
    CERTBOT_DOMAIN=a.test CERTBOT_VALIDATION=$D CERTBOT_ALL_DOMAINS=a.test,b.test CERTBOT_REMAINING_CHALLENGES=1 \
        run -0 "$acmehook" -H "$PWD/hook" --to certbot --from certbot auth
    grep -qx CERTBOT_ALL_DOMAINS=a.test,b.test env.
    grep -qx CERTBOT_REMAINING_CHALLENGES=1 env.
}

@test "certbot's scripts for auth, cleanup and deploy, by a rule for each event" {
    certificates
    for script in auth cleanup deploy; do
        handler $script <<'EOF'
#!/bin/sh
echo "$0 $# ${CERTBOT_DOMAIN-} ${CERTBOT_VALIDATION-} ${CERTBOT_TOKEN-none} ${RENEWED_LINEAGE-none} ${RENEWED_DOMAINS-}" >>calls
EOF
    done
    config <<EOF
verify = "off"
to = "certbot"
match "perform_challenge" { handler = "$PWD/auth" }
match "cleanup" { handler = "$PWD/cleanup" }
match "deploy_cert" { handler = "$PWD/deploy" }
EOF
    for words in "deploy_challenge example.test $T $D" "clean_challenge example.test $T $D" \
        "deploy_cert example.test $live/privkey.pem $live/cert.pem $live/fullchain.pem $live/chain.pem 1"; do
        # shellcheck disable=SC2086
        run -0 --separate-stderr env CERTBOT_TOKEN=stale RENEWED_LINEAGE=/stale "$acmehook" --from dehydrated $words
        stderr_is ""
    done
    file_is calls <<EOF
$PWD/auth 0 example.test $D none none 
$PWD/cleanup 0 example.test $D none none 
$PWD/deploy 0   none $live example.test
EOF
}

@test "two values at one name, a wildcard, capitals, and dots: the name without them" {
    from acmetool challenge-dns-start example.test '' "$D" wildcard
    status_is 0
    calls_are "deploy_challenge example.test $D $D"
    from getssl add '*.Example.TEST' "$D"
    calls_are "deploy_challenge example.test $D $D"
    from lego present _acme-challenge.example.test. "$D"
    calls_are "deploy_challenge example.test $D $D"
    from win-acme create '*.example.test' _ACME-challenge.Example.test. "$D"
    calls_are "deploy_challenge example.test $D $D"
    from uacme begin http-01 192.0.2.1 "$T" "$K"
    calls_are "deploy_challenge 192.0.2.1 $T $K"
    from uacme begin http-01 2001:db8::1 "$T" "$K"
    calls_are "deploy_challenge 2001:db8::1 $T $K"
}

# --- the thumbprint of the account

@test "token and thumbprint make the key authorization, for a handler that wants it" {
    for client in dehydrated uacme; do
        for situation in "dns-01 deploy" "dns-01 clean"; do
            client $client "$situation"
            call_hook $client --to lego-raw --thumbprint "$digest" --thumbprint "${K#*.}"
            status_is 0
            calls_are "$(present_or "${situation#* }") -- example.test $T $K"
        done
    done
    # also in the file, and for the environment of a handler
    config <<EOF
verify = "off"
thumbprint = { "$digest", "${K#*.}" }
EOF
    client dehydrated "dns-01 deploy"
    call_hook dehydrated --to env
    grep -qxe "key_auth=$K" env.perform
    # and for JSON events that do not have it
    run -0 --separate-stderr "$acmehook" -H "$PWD/hook" --to lego-raw run < <(
        printf '{"cmd": "perform_challenge", "type": "dns-01", "domain": "example.test", "token": "%s", "validation": "%s"}\n' "$T" "$D"
    )
    [ "$(tail -n 1 calls)" = "$(quoted "present -- example.test $T $K")" ]
}

@test "a thumbprint of another account makes nothing: who needs it is refused, the others are not" {
    client dehydrated "dns-01 deploy"
    call_hook dehydrated --to lego-raw --thumbprint "$digest"
    status_is 2
    stderr_has "needs the key_auth, which the client does not tell; no thumbprint that is set makes one that has this value as its digest"
    [ ! -e calls ]
    call_hook dehydrated --to env --thumbprint "$digest"
    status_is 0
    ! grep -q key_auth= env.perform
}

@test "without a token there is nothing that a thumbprint could be used for" {
    client lego "dns-01 deploy"
    call_hook lego --to lego-raw --thumbprint "${K#*.}"
    status_is 2
    stderr_has "needs the token, which the client does not tell"
}

@test "a thumbprint that cannot be one" {
    run -2 --separate-stderr "$acmehook" --thumbprint short -H "$PWD/hook" --from lego present x "$D"
    stderr_is 'acmehook: thumbprint: "short" is not a base64url SHA-256 digest of 43 characters'
    config <<<'thumbprint = { "short" }'
    run -2 --separate-stderr "$acmehook" -H "$PWD/hook" --from lego present x "$D"
    stderr_has ':1: thumbprint: "short" is not a base64url SHA-256 digest of 43 characters'
}

# --- calls that are wrong

# NAME | words | exit status | the one sentence (no more on standard error; of TrueNAS and certbot
# also that they do not stop)
@test "too few words, an unknown one, a wrong value: one sentence, and the client's exit status" {
    local client words code sentence failed=0
    while IFS='|' read -r client words code sentence; do
        client=${client// /} sentence=${sentence# }
        eval "words=($words)"
        from "$client" "${words[@]}"
        if [ "$status" -ne "$code" ] || [ -n "$output" ] || [[ $stderr != *"$sentence"* ]] || [ -e calls ] ||
            [ "$(printf %s "$stderr" | grep -v 'it goes on, and the CA will refuse$' | grep -c .)" -ne "$((${#sentence} > 0))" ]; then
            echo "$client ${words[*]}: $status $output$stderr"
            failed=1
        fi
    done <<'EOF'
acme.sh   | add _acme-challenge.example.test             | 2 | acme.sh add: 1 word instead of at least 2
acme.sh   | rm                                           | 2 | acme.sh rm: 0 words instead of at least 2
acme.sh   | deploy example.test /k /c /a                 | 2 | acme.sh deploy: 4 words instead of at least 5
acme.sh   | deploy example.test /k /nowhere.cer /a /f    | 2 | /nowhere.cer, which acme.sh names, is not there
acme.sh   | send subject content 0                       | 2 | acme.sh: "send" is none of add, rm, deploy
acme.sh   | add alias.test "$D"                          | 2 | --challenge-alias, not --domain-alias
acme.sh   | add _acme-challenge.example.test "$K"        | 2 | is not a base64url SHA-256 digest of 43 characters
acme.sh   | add _acme-challenge.example.test "$digest" "$K" | 2 | is not the digest of the key authorization
acme.sh   |                                              | 2 | acme.sh: it does not say what happens
acmetool  | challenge-dns-start example.test ''          | 2 | acmetool challenge-dns-start: 2 words instead of at least 3
acmetool  | challenge-http-stop example.test             | 2 | acmetool challenge-http-stop: 1 word instead of at least 3
acmetool  | challenge-http-start example.test '' "$T"    | 2 | the key_auth is not on standard input
acmetool  | challenge-dns-start example.test '' short    | 2 | value "short" is not a base64url SHA-256 digest of 43 characters
acmetool  | challenge-dns-start -x '' "$D"               | 2 | domain "-x"
acmetool  | challenge-tls-sni-start a.test '' n1 n2      | 42 |
acmetool  | challenge-tls-alpn-start a.test ''           | 42 |
acmetool  | live-updated                                 | 2 | the domain is not on standard input
acmetool  |                                              | 2 | acmetool: it does not say what happens
certbot   | auth                                         | 2 | CERTBOT_DOMAIN is not in the environment
certbot   | deploy                                       | 2 | RENEWED_LINEAGE is not in the environment
certbot   | renew                                        | 2 | certbot: "renew" is none of auth, cleanup, deploy, pre, post
certbot   |                                              | 2 | certbot: it does not say what happens: the first word is one of auth, cleanup, deploy, pre, post
dehydrated |                                             | 2 | dehydrated: it does not say what happens
dehydrated | deploy_challenge example.test "$T"          | 2 | dehydrated deploy_challenge: 2 words instead of a multiple of 3
dehydrated | deploy_challenge example.test "$T" short    | 2 | validation "short"
dehydrated | clean_challenge example.test "$T" "$D" x    | 2 | dehydrated clean_challenge: 4 words instead of a multiple of 3
dehydrated | no_such_operation a b                       | 0 |
extauth   |                                              | 2 | extauth: it does not say what happens
extauth   | perform                                      | 2 | cbot_validation is not in the environment
extauth   | deploy_cert                                  | 2 | cbot_cert_path is not in the environment
extauth   | no_such_operation                            | 0 |
getssl    | add example.test                             | 2 | getssl add: 1 word instead of at least 2
getssl    | del                                          | 2 | getssl del: 0 words instead of at least 2
getssl    | example.test "$D"                            | 2 | getssl: "example.test" is none of add, del
getssl    | add example.test "${D}x"                     | 2 | is not a base64url SHA-256 digest of 43 characters
getssl    |                                              | 2 | getssl: it does not say what happens
lego      |                                              | 2 | lego: it does not say what happens
lego      | present _acme-challenge.192.0.2.1. "$D"      | 2 | dns-01 is not possible for the IP address 192.0.2.1
lego      | present _acme-challenge.bücher.test. "$D"    | 2 | domain "b
lego      | present _acme-challenge.example.test.        | 2 | lego present: 1 word instead of at least 2
lego      | present -- example.test "$T"                 | 2 | lego present: 3 words instead of at least 4
lego      | cleanup _acme-challenge.example.test. "$K"   | 2 | is not a base64url SHA-256 digest of 43 characters
lego      | present -- example.test "$T" "$D"            | 2 | key_auth
lego      | present -- example.test other "$K"           | 2 | token "other" is not the one the key authorization
lego      | present shared.example.net. "$D"             | 2 | LEGO_DISABLE_CNAME_SUPPORT=true
lego      | deploy                                       | 2 | LEGO_HOOK_CERT_PATH
lego      | renew                                        | 2 | lego: "renew" is none of present, cleanup, timeout, pre, deploy, post
mod_md    | setup example.test                           | 2 | mod_md setup: 1 word instead of at least 2
mod_md    | teardown                                     | 2 | mod_md teardown: 0 words instead of at least 1
mod_md    | teardown example.test                        | 2 | mod_md does not say which value is to be cleaned
mod_md    | setup example.test "$K"                      | 2 | is not a base64url SHA-256 digest of 43 characters
mod_md    | setup -x "$D"                                | 2 | domain "-x"
mod_md    | renewed                                      | 2 | mod_md renewed: 0 words instead of at least 1
mod_md    | installed example.test                       | 2 | write MDMessageCmd /usr/bin/env MDStoreDir=DIRECTORY
mod_md    | challenge-setup:http-01:example.test example.test | 0 |
mod_md    | no-such-reason example.test                  | 0 |
mod_md    |                                              | 2 | mod_md: it does not say what happens
posh-acme |                                              | 2 | posh-acme: it does not say what happens
posh-acme | add _acme-challenge.example.test             | 2 | posh-acme add: 1 word instead of at least 2
posh-acme | remove _acme-challenge.example.test "$D"     | 2 | posh-acme: "remove" is none of add, delete
posh-acme | add example.test "$D"                        | 2 | txt_domain "example.test" does not begin with _acme-challenge.
posh-acme | add _acme-challenge.example.test ''          | 2 | is not a base64url SHA-256 digest of 43 characters
proxmox   |                                              | 2 | proxmox: it does not say what happens
proxmox   | setup sample                                 | 2 | proxmox setup: 1 word instead of at least 2
proxmox   | setup sample example.test                    | 2 | the value is not on standard input
proxmox   | add sample example.test                      | 2 | proxmox: "add" is none of setup, teardown
truenas   |                                              | 2 | truenas: it does not say what happens
truenas   | set example.test "$D"                        | 2 | truenas set: 2 words instead of at least 3
truenas   | add example.test _acme-challenge.example.test "$D" | 2 | truenas: "add" is none of set, unset
truenas   | set example.test _acme-challenge.other.test "$D"   | 2 | is not _acme-challenge. and the domain
truenas   | set example.test _acme-challenge.example.test short | 2 | is not a base64url SHA-256 digest of 43 characters
uacme     | begin dns-01 example.test "$T"               | 1 | uacme begin: 3 words instead of at least 4
uacme     |                                              | 1 | uacme: it does not say what happens
uacme     | start dns-01 example.test "$T" "$D"          | 1 | uacme: "start" is none of begin, done, failed
uacme     | begin dns-01 example.test "$T" short         | 1 | value "short"
uacme     | begin dns-01 192.0.2.1 "$T" "$D"             | 1 | dns-01 is not possible for the IP address 192.0.2.1
uacme     | begin http-01 example.test other "$K"        | 1 | token "other" is not the one the key authorization
win-acme  | create example.test "$D"                     | 2 | win-acme create: 2 words instead of at least 3
win-acme  | add example.test _acme-challenge.example.test "$D" | 2 | win-acme: "add" is none of create, delete
win-acme  | create example.test shared.other.test "$D"   | 2 | is not _acme-challenge. and the domain
win-acme  |                                              | 2 | win-acme: it does not say what happens
win-acme  | create example.test _acme-challenge.example.test short | 2 | is not a base64url SHA-256 digest of 43 characters
EOF
    [ "$failed" -eq 0 ]
}

@test "words behind those that are known are passed over" {
    local name failed=0
    for name in acme.sh acmetool certbot extauth getssl lego lego-raw mod_md posh-acme proxmox truenas uacme win-acme; do
        client "$name" "dns-01 deploy"
        wanted "$name" dehydrated "dns-01 deploy"
        words+=(more words)
        call_hook "$name"
        pair="$name, with more words"
        answered "$name" "" && got_all dehydrated "dns-01 deploy" || failed=1
    done
    [ "$failed" -eq 0 ]
}

@test "TrueNAS and certbot, which do not look at the status, have that said" {
    fails 'deploy_challenge'
    from truenas set example.test _acme-challenge.example.test "$D"
    status_is 1
    stderr_has "failed with exit status 3"
    stderr_has "TrueNAS does not look at the status: it goes on, and the CA will refuse"
    CERTBOT_DOMAIN=example.test CERTBOT_VALIDATION=$D from certbot auth
    status_is 1
    stderr_has "certbot does not stop for its hooks: it goes on, and the CA will refuse"
}

@test "a deploy that failed is cleaned for the clients that would not, and for no others" {
    fails deploy_challenge
    while IFS='|' read -r client words code cleaned; do
        # shellcheck disable=SC2086
        from $client $words
        status_is "$code"
        [ "$(tail -n 1 calls)" = "${cleaned}_challenge example.test $D $D" ]
    done <<EOF
dehydrated|deploy_challenge example.test $D $D|1|clean
acme.sh|add _acme-challenge.example.test $D|1|clean
getssl|add example.test $D|1|clean
mod_md|setup example.test $D|1|clean
uacme|begin dns-01 example.test $D $D|1|clean
acmetool|challenge-dns-start example.test - $D|1|clean
lego|present _acme-challenge.example.test. $D|1|deploy
posh-acme|add _acme-challenge.example.test $D|1|deploy
truenas|set example.test _acme-challenge.example.test $D|1|deploy
EOF
}

# --- one client each

@test "lego's word timeout is answered, without a handler, and reaches none" {
    from lego timeout
    status_is 0
    stderr_is ""
    stdout_is '{"timeout": 300, "interval": 5}'
    calls_are
    run -0 "$acmehook" --from lego timeout
}

@test "lego's handlers do not know the words of its hooks, and are not told of them" {
    certificates
    LEGO_CERT_DOMAIN=example.test LEGO_CERT_PATH=$PWD/lego/example.test.crt LEGO_CERT_KEY_PATH=$PWD/lego/example.test.key
    export LEGO_CERT_DOMAIN LEGO_CERT_PATH LEGO_CERT_KEY_PATH
    for word in pre deploy post; do
        run -0 --separate-stderr "$acmehook" -H "$PWD/hook" --to lego --from lego $word
        calls_are
        stderr_is ""
    done
}

@test "lego's pre, deploy and post: events, and a status that counts" {
    certificates
    from lego pre
    status_is 0
    LEGO_HOOK_CERT_NAME=example.test LEGO_HOOK_CERT_PATH=$PWD/lego/example.test.crt LEGO_HOOK_CERT_KEY_PATH=$PWD/lego/example.test.key from lego post
    status_is 0
    calls_are "exit_hook"
    fails 'startup_hook | deploy_cert'
    from lego pre
    status_is 1
    LEGO_CERT_DOMAIN='*.example.test' LEGO_CERT_PATH=$PWD/lego/example.test.crt LEGO_CERT_KEY_PATH=$PWD/lego/example.test.key from lego deploy
    status_is 1
    grep -qF 'deploy_cert *.example.test ' calls
}

@test "lego's certificate that is not there" {
    LEGO_CERT_DOMAIN=example.test LEGO_CERT_PATH=/nowhere.crt LEGO_CERT_KEY_PATH=/nowhere.key from lego deploy
    status_is 2
    stderr_has "/nowhere.crt, which lego names, is not there"
}

@test "uacme: done and failed are cleaned, with their status, and decide nothing" {
    for word in 'done' failed; do
        rm -f calls
        run -0 --separate-stderr "$acmehook" -H "$PWD/hook" --to uacme --from uacme $word dns-01 example.test "$T" "$D" </dev/null
        calls_are "$word dns-01 example.test $T $D"
        grep -qx UACME_METHOD=$word env.$word
    done
    run -0 "$acmehook" -H "$PWD/hook" --to env --from uacme failed dns-01 example.test "$T" "$D"
    grep -qx status=invalid env.cleanup
    run -0 "$acmehook" -H "$PWD/hook" --to env --from uacme 'done' dns-01 example.test "$T" "$D"
    grep -qx status=valid env.cleanup
    fails clean_challenge
    for word in 'done' failed; do
        from uacme $word dns-01 example.test "$T" "$D"
        status_is 0
        stderr_has "failed with exit status 3"
        stderr_has "this event decides nothing"
    done
}

@test "a uacme handler that declines is not told of its end: neither done nor failed" {
    fails begin
    run --separate-stderr "$acmehook" -H "$PWD/hook" --to uacme --from dehydrated deploy_challenge example.test "$T" "$D"
    status_is 1
    file_is calls <<<"begin dns-01 example.test $T $D"
}

@test "uacme: without a handler for the type begin declines without a word" {
    run --separate-stderr "$acmehook" --from uacme begin dns-01 example.test "$T" "$D"
    status_is 1
    stderr_is ""
    config <<EOF
verify = "off"
match "dns-01" { handler = "$PWD/hook" }
EOF
    for type in http-01 tls-alpn-01; do
        run --separate-stderr "$acmehook" --from uacme begin $type example.test "$T" "$([ $type = http-01 ] && echo "$K" || echo "$D")"
        status_is 1
        stderr_is ""
    done
    [ ! -e calls ]
    run -0 "$acmehook" --from uacme begin dns-01 example.test "$T" "$D"
}

@test "uacme: a type of the future, or whose record it cannot tell, is declined without a word" {
    for type in dns-future-01 dns-account-01; do
        from uacme begin $type example.test "$T" "$K"
        status_is 1
        [ ! -e calls ]
        stderr_is ""
    done
}

@test "mod_md: its messages are events; those that tell of no event succeed without a word" {
    certificates
    export MDStoreDir=$PWD/md
    while IFS='|' read -r words call; do
        # shellcheck disable=SC2086
        rm -f calls
        # shellcheck disable=SC2086
        run --separate-stderr "$acmehook" -H "$PWD/hook" --from mod_md $words <&-
        status_is 0
        stderr_is ""
        stdout_is ""
        eval "calls_are $call"
    done <<'EOF'
renewing example.test|startup_hook
renewed example.test|exit_hook
installed example.test|"deploy_cert example.test $PWD/md/domains/example.test/privkey.pem $PWD/md/domains/example.test/pubcert.pem $PWD/md/domains/example.test/pubcert.pem $PWD/md/domains/example.test/pubcert.pem 1700000000"
expiring example.test|"exit_hook 'example.test: expiring: the certificate is about to expire, and not renewed'"
errored example.test|"exit_hook 'example.test: errored: the certificate could not be renewed'"
ocsp-errored example.test|"exit_hook 'example.test: ocsp-errored: no OCSP response could be had'"
ocsp-renewed example.test|
challenge-setup:dns-01:example.test example.test|
EOF
}

@test "mod_md: a handler that fails on a message defers the renewal, or gets the message again" {
    fails 'startup_hook | exit_hook'
    for word in renewing renewed errored; do
        from mod_md $word example.test
        status_is 1
    done
}

@test "mod_md: rules choose by the managed domain of a message" {
    config <<EOF
match "example.test" { handler = "$PWD/hook" }
EOF
    run -0 "$acmehook" --from mod_md renewed other.test
    calls_are
    run -0 "$acmehook" --from mod_md renewed example.test
    calls_are exit_hook
}

@test "Proxmox: the plugin's data are variables of the handler, and are NAME=VALUE" {
    client proxmox "dns-01 deploy"
    call_hook proxmox
    status_is 0
    grep -qx 'SAMPLE_Key=a = b' env.deploy_challenge
    for line in nothing =x; do
        input=$D$'\n'$line
        call_hook proxmox
        status_is 2
        stderr_has "the data of the plugin, behind the value on standard input, have a line that is not NAME=VALUE"
        [ ! -e calls ]
    done
    input=short
    call_hook proxmox
    status_is 2
    stderr_has 'value "short" is not a base64url SHA-256 digest of 43 characters'
}

@test "Proxmox: a setup that failed is cleaned" {
    fails deploy_challenge
    run --separate-stderr "$acmehook" -H "$PWD/hook" --from proxmox setup sample example.test <<<"$D"
    status_is 1
    [ "$(tail -n 1 calls)" = "clean_challenge example.test $D $D" ]
}

@test "acmetool: live-updated has a name on each line, and its certificate in the state directory" {
    certificates
    mkdir acme/live/other.test
    touch -d @1700000001 acme/live/other.test/cert
    for text in $'example.test\nother.test\n' $'example.test\r\nother.test'; do
        rm -f calls
        run -0 --separate-stderr env ACME_STATE_DIR="$PWD/acme" "$acmehook" -H "$PWD/hook" --from acmetool live-updated < <(printf %s "$text")
        calls_are \
            "deploy_cert example.test $PWD/acme/live/example.test/privkey $PWD/acme/live/example.test/cert $PWD/acme/live/example.test/fullchain $PWD/acme/live/example.test/chain 1700000000" \
            "deploy_cert other.test $PWD/acme/live/other.test/privkey $PWD/acme/live/other.test/cert $PWD/acme/live/other.test/fullchain $PWD/acme/live/other.test/chain 1700000001"
    done
}

@test "acmetool: a name of live-updated without a certificate, or that is none" {
    certificates
    for text in nowhere.test ../../etc; do
        run --separate-stderr env ACME_STATE_DIR="$PWD/acme" "$acmehook" -H "$PWD/hook" --from acmetool live-updated <<<"$text"
        status_is 2
        [ ! -e calls ]
        [ "${#stderr_lines[@]}" -eq 1 ]
    done
    run --separate-stderr env ACME_STATE_DIR="$PWD/acme" "$acmehook" -H "$PWD/hook" --from acmetool live-updated <<<nowhere.test
    stderr_has "$PWD/acme/live/nowhere.test/cert, which live-updated names, is not there"
}

@test "acmetool: a challenge that no handler is for gets 42 without a word" {
    config <<EOF
verify = "off"
match "dns-01" { handler = "$PWD/hook" }
EOF
    run --separate-stderr "$acmehook" --from acmetool challenge-http-start example.test '' "$T" <<<"$K"
    status_is 42
    stderr_is ""
    run -0 "$acmehook" --from acmetool challenge-dns-start example.test '' "$D" ''
    calls_are "deploy_challenge example.test $D $D"
    # and so does a certificate; of several, the one that is for somebody decides
    certificates
    mkdir acme/live/other.test
    touch acme/live/other.test/cert
    run --separate-stderr env ACME_STATE_DIR="$PWD/acme" "$acmehook" --from acmetool live-updated <<<example.test
    status_is 42
    stderr_is ""
    fails deploy_cert
    config <<<"match \"other.test\" { handler = \"$PWD/hook\" }"
    run --separate-stderr env ACME_STATE_DIR="$PWD/acme" "$acmehook" --from acmetool live-updated <<<$'example.test\nother.test'
    status_is 1
    stderr_has "failed with exit status 3"
}

@test "acmetool: a handler's 42 is ours; for other clients it is a failure" {
    handler hook <<<$'#!/bin/sh\nexit 42'
    run --separate-stderr "$acmehook" -H "$PWD/hook" --to acmetool --from acmetool challenge-dns-start example.test '' "$D" ''
    status_is 42
    run --separate-stderr "$acmehook" -H "$PWD/hook" --to acmetool --from lego present _acme-challenge.example.test. "$D"
    status_is 1
    run --separate-stderr "$acmehook" -H "$PWD/hook" --from acmetool challenge-dns-start example.test '' "$D" ''
    status_is 1
}

@test "acmetool: a type that no handler is for is 42 without a word, start and stop" {
    config <<EOF
match "dns-01" { handler = "$PWD/hook" }
EOF
    for word in start stop; do
        run --separate-stderr "$acmehook" --from acmetool challenge-http-$word example.test '' "$T" <<<"$K"
        status_is 42
        stderr_is ""
    done
    [ ! -e calls ]
    from acmetool challenge-http-start example.test '' not/a/token <<<"$K"
    status_is 2
}

@test "acmetool: standard input is the key authorization, with or without a newline" {
    for text in "$K" "$K"$'\n'; do
        rm -f calls
        run -0 --separate-stderr "$acmehook" -H "$PWD/hook" --from acmetool challenge-http-start example.test '' "$T" < <(printf %s "$text")
        calls_are "deploy_challenge example.test $T $K"
    done
}

@test "certbot-external-auth: its brackets succeed without a word, and reach nobody" {
    for word in pre-perform post-perform pre-cleanup post-cleanup; do
        from extauth $word
        status_is 0
        stdout_is ""
        stderr_is ""
        [ ! -e calls ]
        run -0 "$acmehook" --from extauth $word
    done
}

@test "certbot-external-auth: only the variables with cbot_ are its own" {
    domain=other.test validation=other token=other cbot_type=dns-01 cbot_domain=example.test cbot_validation=$D cbot_token=$T from extauth perform
    status_is 0
    calls_are "deploy_challenge example.test $T $D"
}

# --- who calls

@test "words that one client alone uses need no --from, others are refused" {
    local word words
    while read -r client words; do
        # shellcheck disable=SC2086
        run -0 "$acmehook" explain -H "$PWD/hook" $words </dev/null
        # shellcheck disable=SC2086
        [ "$output" = "$("$acmehook" explain -H "$PWD/hook" --from $client $words </dev/null)" ]
    done <<EOF
acmetool challenge-dns-start example.test - $D
dehydrated deploy_challenge example.test $T $D
lego present -- example.test $T $K
mod_md renewed example.test
truenas set example.test _acme-challenge.example.test $D
uacme begin dns-01 example.test $T $D
EOF
    for word in add del auth create delete perform deploy pre post cleanup rm setup no-such-word; do
        run -2 --separate-stderr "$acmehook" -H "$PWD/hook" "$word" example.test "$D"
        stderr_has "say who calls with --from CLIENT"
    done
}

@test "every link that is installed is its client, and so are others by the clients' names" {
    local pair link name situation failed=0
    certificates
    mkdir links
    config <<EOF
verify = "off"
handler = "$PWD/hook"
EOF
    # LINK CLIENT SITUATION
    while read -r link name situation; do
        ln -s "$acmehook" "links/$link"
        client "$name" "$situation"
        wanted "$name" dehydrated "$situation"
        # the link has the first word in it
        [[ $link != "$name"-?* ]] || words=("${words[@]:1}")
        rm -f calls
        run --separate-stderr env "${vars[@]}" "links/$link" "${words[@]}" < <(printf %s "$input")
        pair=$link
        same "exit status" "$status" 0 && same words "$(cat calls)" "$(quoted "${calls[@]}")" || failed=1
        echo "$link" >>tested
    done <<EOF
acmetool acmetool http-01 deploy
certbot-auth certbot dns-01 deploy
certbot-cleanup certbot dns-01 clean
certbot-deploy certbot certificate
dehydrated dehydrated dns-01 deploy
extauth extauth dns-01 clean
getssl-add getssl dns-01 deploy
getssl-del getssl dns-01 clean
lego lego-raw dns-01 deploy
acmehook-lego lego dns-01 deploy
mod_md mod_md dns-01 clean
proxmox proxmox dns-01 deploy
truenas truenas dns-01 deploy
uacme uacme http-01 deploy
win-acme win-acme dns-01 clean
posh-acme posh-acme dns-01 deploy
EOF
    [ "$failed" -eq 0 ]
    for link in certbot-pre certbot-post; do
        ln -s "$acmehook" "links/$link"
        rm -f calls
        run -0 --separate-stderr env FAILED_DOMAINS=a.test links/$link
        echo "$link" >>tested
    done
    calls_are 'exit_hook "not renewed: a.test"'
    diff <(sed -n '/^links = /,/[^\\]$/{s/^links = //;s/\\$//;p}' "$srcdir/Makefile.am" | xargs -n 1 | sort) \
        <(grep -vxE 'acmehook-lego|posh-acme' tested | sort)
}

@test "a link has no options: its words are the client's" {
    ln -s "$acmehook" getssl-add
    ln -s "$acmehook" lego
    for option in --version --help -n; do
        run -2 --separate-stderr ./lego $option
        stderr_has "lego: \"$option\" is none of "
        stdout_is ""
        run -2 --separate-stderr ./getssl-add $option "$D"
        stdout_is ""
    done
}
