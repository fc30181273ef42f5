# make install: everything is where what is installed says it is. Run from the build directory as
# it was configured.
load lib

# installed [ARGUMENT...]: into $PWD/root
installed() {
    # not those of the make that runs the tests
    env -u MAKEFLAGS -u MAKELEVEL make -s -C "$builddir" "$@" DESTDIR="$PWD/root" >log 2>&1 || { cat log; return 1; }
}

@test "manuals, handlers and examples name the files that are installed; uninstall leaves none" {
    place=/opt/else
    installed install prefix=$place sysconfdir=$place/etc localstatedir=$place/state
    # but for the places of systemd
    grep -rnE '(^|[^a-z])/(usr|etc|var/lib|var/spool)/([a-z]*/)*acmehook' root$place/share/man root$place/share/acmehook root$place/share/doc/acmehook/examples |
        grep -v /etc/systemd/ >elsewhere || :
    file_is elsewhere </dev/null
    grep -q "SPOOL:-$place/state/spool/acmehook}" root$place/share/acmehook/hooks/standalone
    grep -q "^HOOK=\"$place/libexec/acmehook/dehydrated\"" root$place/share/doc/acmehook/examples/dehydrated.config
    [ -x root$place/share/acmehook/hooks/nsupdate ]
    for link in root$place/libexec/acmehook/*; do
        [ ! -L "$link" ] || [ "$(readlink "$link")" = $place/bin/acmehook ]
    done
    installed uninstall prefix=$place sysconfdir=$place/etc localstatedir=$place/state
    [ -z "$(find root ! -type d)" ]
}
