/** What a shell reads at its start so that the tab key asks `ap`. Where `ap` knows nothing, files are offered. */

const bash = `# ap completion bash: put  source <(ap completion bash)  into ~/.bashrc
_ap() {
  local IFS=$'\\n'
  COMPREPLY=($(ap __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f1))
}
complete -o default -F _ap ap
`;

const zsh = `#compdef ap
# ap completion zsh: put  source <(ap completion zsh)  into ~/.zshrc, below compinit
_ap() {
  local -a lines
  lines=("\${(@f)$(ap __complete "\${words[@]:1:$((CURRENT - 1))}" 2>/dev/null)}")
  if [[ -n "$lines" ]]; then
    local -a described
    described=("\${(@)lines//$'\\t'/:}")
    _describe ap described
  else
    _files
  fi
}
compdef _ap ap
`;

const fish = `# ap completion fish: put  ap completion fish | source  into ~/.config/fish/config.fish
function __ap_complete
  set -l lines (ap __complete (commandline -opc)[2..] (commandline -ct) 2>/dev/null)
  if test (count $lines) -gt 0
    printf '%s\\n' $lines
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c ap -f -a '(__ap_complete)'
`;

export const shells = { bash, zsh, fish } as const;
