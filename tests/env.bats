# The env dialect: the handler mode of certbot-external-auth.
load lib

go() {
    run --separate-stderr "$acmehook" --verify off -t env -H "$PWD/hook" run
}

recorder_with_env() {
    handler hook <<'EOF'
#!/bin/bash
echo "$*" >>calls
env -0 | grep -z -E '^(cbot_|cmd=|type=|domain=|token=|validation=|txt_domain=|uri=|key_auth=|status=|validated=|error=|command=|cert_path=|key_path=|chain_path=|fullchain_path=|timestamp=|port=|cert_timestamp=)' | sort -z | tr '\0' '\n' >"env.$1"
EOF
}

@test "perform: brackets around it, every key plain and with cbot_" {
    recorder_with_env
    go <<EOF
{"cmd": "perform_challenge", "type": "dns-01", "domain": "example.test", "token": "$token", "validation": "$digest", "txt_domain": "_acme-challenge.example.test", "key_auth": "$key_auth", "command": "rm -rf /"}
EOF
    status_is 0
    file_is calls <<'EOF'
pre-perform
perform
post-perform
EOF
    file_is env.pre-perform </dev/null
    file_is env.post-perform </dev/null
    grep -v cbot_json= env.perform | file_is <(sort <<EOF
cmd=perform_challenge
type=dns-01
domain=example.test
token=$token
validation=$digest
txt_domain=_acme-challenge.example.test
key_auth=$key_auth
cbot_cmd=perform_challenge
cbot_type=dns-01
cbot_domain=example.test
cbot_token=$token
cbot_validation=$digest
cbot_txt_domain=_acme-challenge.example.test
cbot_key_auth=$key_auth
EOF
)
    sed -n 's/^cbot_json=//p' env.perform | jq -e --arg k "$key_auth" '.cmd == "perform_challenge" and .key_auth == $k'
}

@test "http-01 has the uri" {
    recorder_with_env
    go <<EOF
{"cmd": "perform_challenge", "type": "http-01", "domain": "example.test", "token": "$token", "validation": "$key_auth", "key_auth": "$key_auth"}
EOF
    status_is 0
    grep -qx "uri=http://example.test/.well-known/acme-challenge/$token" env.perform
    grep -qx "validation=$key_auth" env.perform
    run ! grep -q txt_domain env.perform
}

@test "cleanup: None for what is null" {
    recorder_with_env
    go <<EOF
{"cmd": "cleanup", "type": "dns-01", "status": "pending", "domain": "example.test", "token": "$token", "validation": "$digest", "key_auth": "$key_auth", "validated": null, "error": null}
EOF
    status_is 0
    file_is calls <<'EOF'
pre-cleanup
cleanup
post-cleanup
EOF
    for line in cmd=cleanup status=pending validated=None error=None cbot_validated=None cbot_error=None; do
        grep -qx "$line" env.cleanup
    done
    sed -n 's/^cbot_json=//p' env.cleanup | jq -e 'has("validated") and .validated == null'
}

@test "deploy_cert and unchanged_cert: fractions are rounded up, cmd is deploy_cert in both" {
    recorder_with_env
    go <<'EOF'
{"cmd": "deploy_cert", "domain": "a.test", "cert_path": "/c", "key_path": "/k", "chain_path": "/ch", "fullchain_path": "/f", "timestamp": 1477582237, "cert_timestamp": 1477582245.99}
{"cmd": "deploy_cert", "domain": "a.test", "cert_path": "/c", "key_path": "/k", "chain_path": "/ch", "fullchain_path": "/f", "port": 1477582237, "cert_timestamp": 1477582236.5}
EOF
    status_is 0
    file_is calls <<'EOF'
deploy_cert
unchanged_cert
EOF
    for line in cmd=deploy_cert timestamp=1477582237 port=1477582237 cert_path=/c key_path=/k chain_path=/ch fullchain_path=/f; do
        grep -qx "$line" env.deploy_cert
        grep -qx "cbot_$line" env.unchanged_cert
    done
    grep -qx cert_timestamp=1477582246 env.deploy_cert
    grep -qx cert_timestamp=1477582237 env.unchanged_cert
}

@test "NotImplemented with a status other than 0 is no error; anything else is" {
    handler hook <<'EOF'
#!/bin/sh
echo "$1" >>calls
case $1 in pre-*|post-*) echo " NotImplemented"; exit 1;; esac
EOF
    go <<EOF
{"cmd": "perform_challenge", "type": "dns-01", "domain": "example.test", "validation": "$digest"}
EOF
    status_is 0
    file_is calls <<'EOF'
pre-perform
perform
post-perform
EOF
    handler hook <<'EOF'
#!/bin/sh
echo "$1" >>calls
echo "NotImplemented really"; exit 1
EOF
    go <<EOF
{"cmd": "perform_challenge", "type": "dns-01", "domain": "example.test", "validation": "$digest"}
EOF
    status_is 1
    [ "$(tail -n 1 calls)" = pre-perform ]
}

@test "save, restart and report are not for handlers" {
    recorder_with_env
    go <<'EOF'
{"cmd": "save", "title": null, "temporary": false}
{"cmd": "restart"}
{"cmd": "report", "messages": []}
EOF
    status_is 0
    [ ! -e calls ]
    [ "$(jq -s 'map(.ok) | all' <<<"$output")" = true ]
}

@test "what the event does not have is not in the environment, whatever stood there before" {
    recorder_with_env
    export CERTBOT_DOMAIN=example.test CERTBOT_VALIDATION=$digest
    key_auth=stale cbot_token=stale run --separate-stderr env key_auth=stale "$acmehook" --verify off -t env -H "$PWD/hook" --from certbot auth
    status_is 0
    run ! grep -q key_auth env.perform
}
