file(READ ${INPUT} text)
file(WRITE ${OUTPUT} "#include <string_view>\nnamespace ganglion::embedded {\nextern const std::string_view ${SYMBOL};\nconst std::string_view ${SYMBOL} = R\"__embed__(${text})__embed__\";\n}\n")
