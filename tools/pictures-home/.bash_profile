# Of somebody who lives by the sea: a prompt without names of machines. Used by tools/take-pictures.mjs.
PS1='\[\e[36m\]\w\[\e[0m\] $ '
cd ~/shore
