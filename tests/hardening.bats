# What configure found to harden the programs with is in them.
load lib

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    command -v readelf >/dev/null || skip "needs readelf"
}

programs=("$builddir/acmehook" "$builddir/acmehook-verify")

# has FLAG: was it found?
has() {
    [[ " $hardening " == *" $1 "* ]]
}
with() {
    has "$1" || skip "$1 is not known to this compiler, or not wanted"
}

# each OPTION PATTERN: readelf says so of both programs
each() {
    for program in "${programs[@]}"; do
        readelf -W "$1" "$program" >said
        grep -qE -- "$2" said || { echo "$program: no $2"; cat said; return 1; }
    done
}

@test "gcc on x86-64 and arm64 has all of it" {
    case $(uname -m)-$("$builddir/acmehook" --version >/dev/null && readelf -p .comment "$builddir/acmehook" | grep -c GCC) in
    x86_64-[1-9]*) flags=(-fPIE -pie -Wl,-z,relro -Wl,-z,now -fstack-protector-strong -fstack-clash-protection -fcf-protection) ;;
    aarch64-[1-9]*) flags=(-fPIE -pie -Wl,-z,relro -Wl,-z,now -fstack-protector-strong -fstack-clash-protection -mbranch-protection=standard) ;;
    *) skip "not gcc, or another machine" ;;
    esac
    for flag in "${flags[@]}"; do
        has "$flag" || { echo "no $flag in $hardening"; return 1; }
    done
}

@test "programs can be loaded anywhere" {
    with -pie
    each -h 'Type: +DYN'
}

@test "what the loader has bound cannot be changed" {
    with -Wl,-z,relro
    each -l '^ +GNU_RELRO'
    with -Wl,-z,now
    each -d '(BIND_NOW|FLAGS.* NOW)'
}

@test "the stack cannot be executed, and is watched" {
    each -l '^ +GNU_STACK .* RW '
    with -fstack-protector-strong
    each -s '__stack_chk_fail'
}

@test "the C library checks sizes" {
    with -D_FORTIFY_SOURCE=2
    [[ $(ldd "$builddir/acmehook" 2>/dev/null) != *musl* ]] || skip "musl does not"
    each -s '__[a-z]+_chk(@|$| )'
}
