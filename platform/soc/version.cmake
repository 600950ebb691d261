# Writes OUTPUT only when it changes, so that a build without a new commit compiles nothing.
execute_process(COMMAND git -C ${SOURCE_DIR} describe --always --dirty=+ --abbrev=12 --exclude *
                OUTPUT_VARIABLE revision OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
if(failed OR NOT revision)
  set(revision unknown)
endif()
set(text "#include \"platform/soc/version.h\"\n\nnamespace ganglion {\nconst std::string_view kVersion = \"${VERSION}\";\nconst std::string_view kGitRevision = \"${revision}\";\n}  // namespace ganglion\n")
set(old "")
if(EXISTS ${OUTPUT})
  file(READ ${OUTPUT} old)
endif()
if(NOT text STREQUAL old)
  file(WRITE ${OUTPUT} "${text}")
endif()
