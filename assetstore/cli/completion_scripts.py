"""The scripts that shells complete with; `assetstore.cli.completing` answers them."""

BASH = r"""
_assetstore_completion() {
    local type value help files="" paths=""
    COMPREPLY=()
    while IFS=$'\t' read -r type value help; do
        case $type in
            plain) COMPREPLY+=("$value") ;;
            path)
                # Bash 3 would put it on the line as it is, whatever it would run.
                [[ $value == *[!A-Za-z0-9_.,:@%+=/-]* ]] &&
                    ! type compopt >/dev/null 2>&1 && continue
                COMPREPLY+=("$value") paths=1 ;;
            *) files=$type ;;
        esac
    done < <(_ASSETSTORE_COMPLETE=bash_complete \
        _ASSETSTORE_LINE="${COMP_LINE:0:COMP_POINT}" \
        _ASSETSTORE_WORD="${COMP_WORDS[COMP_CWORD]}" \
        "${1/#\~\//$HOME/}" 2>/dev/null)
    # Bash 3 has no compopt, and completes files wherever there is nothing else.
    if type compopt >/dev/null 2>&1; then
        [[ $paths ]] && compopt -o filenames
        [[ $files == file ]] || compopt +o default +o bashdefault
        [[ $files == dir ]] && compopt -o dirnames
    fi
    return 0
}
complete -o bashdefault -o default -F _assetstore_completion assetstore
"""

ZSH = r"""
#compdef assetstore

_assetstore() {
    local line value type help tab=$'\t'
    local -a found fields plain described paths files
    line="${(j: :)words[1,CURRENT-1]} $PREFIX"
    found=("${(@f)$(_ASSETSTORE_COMPLETE=zsh_complete _ASSETSTORE_LINE="$line" \
        ${~words[1]} 2>/dev/null)}")
    [[ $PREFIX == --*=* ]] && compset -P 1 '*='
    for line in $found; do
        fields=("${(@ps:\t:)line}")
        type=$fields[1] value=$fields[2] help=$fields[3]
        case $type in
            plain)
                if [[ -n $help ]]; then
                    described+=("${value//:/\\:}:$help")
                else
                    plain+=("$value")
                fi ;;
            path) paths+=("$value") ;;
            file) files=(_files) ;;
            dir) files=(_files -/) ;;
        esac
    done
    (( $#described )) && _describe -V assetstore described
    (( $#plain )) && compadd -V assetstore -a plain
    (( $#paths )) && compadd -f -a paths
    (( $#files )) && $files
    return 0
}

# A file below fpath is this function when it is called first, and it has become the
# one above by then.
if [[ $funcstack[1] == _assetstore ]]; then
    _assetstore "$@"
else
    compdef _assetstore assetstore
fi
"""

FISH = r"""
function _assetstore_completion
    set -l token (commandline -ct)
    set -l prefix (string match -r -- '^--[^=]+=' "$token")
    set -l found (env _ASSETSTORE_COMPLETE=fish_complete \
        _ASSETSTORE_LINE=(commandline -cp | string collect) \
        (commandline -po)[1] 2>/dev/null)
    for line in $found
        set -l fields (string split \t -- $line)
        switch $fields[1]
            case plain path
                printf '%s%s\t%s\n' "$prefix" $fields[2] $fields[3]
            case file
                printf '%s\n' "$prefix"(__fish_complete_path $fields[2])
            case dir
                printf '%s\n' "$prefix"(__fish_complete_directories $fields[2])
        end
    end
end

complete --no-files --command assetstore --arguments '(_assetstore_completion)'
"""
