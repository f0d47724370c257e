syntax on
set number background=dark t_Co=256
