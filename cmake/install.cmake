# The install tree: library, header, program, tables, schemas, manual, and what find_package() and pkg-config need. It may be moved as a whole.
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/kmsrules)
set(pkgconfig_dir ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
set(share_dir ${CMAKE_INSTALL_DATADIR}/kmsrules)

install(TARGETS kmsrules EXPORT kmsrules
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY include/kmsrules DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
install(EXPORT kmsrules NAMESPACE kmsrules:: FILE kmsrules-config.cmake DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/kmsrules-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/kmsrules-config-version.cmake DESTINATION ${package_dir})

# From lib/pkgconfig back to the prefix, however many folders CMAKE_INSTALL_LIBDIR has.
file(RELATIVE_PATH KMSRULES_PREFIX_FROM_PC /${pkgconfig_dir} /)
configure_file(cmake/kmsrules.pc.in ${PROJECT_BINARY_DIR}/kmsrules.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/kmsrules.pc DESTINATION ${pkgconfig_dir})

if(KMSRULES_CLI)
    file(RELATIVE_PATH library_from_program /${CMAKE_INSTALL_BINDIR} /${CMAKE_INSTALL_LIBDIR})
    set_target_properties(kmsrules-cli PROPERTIES INSTALL_RPATH $ORIGIN/${library_from_program})
    install(TARGETS kmsrules-cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()

install(DIRECTORY data rules DESTINATION ${share_dir} FILES_MATCHING PATTERN "*.xml" PATTERN "*.rng")
install(DIRECTORY docs/schemas DESTINATION ${share_dir} OPTIONAL FILES_MATCHING PATTERN "*.json")
install(FILES docs/kmsrules.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 OPTIONAL)
install(FILES ${codes_manual} DESTINATION ${CMAKE_INSTALL_MANDIR}/man7)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "the kmsrules authors <kmsrules@example.org>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_STRIP_FILES ON)
include(CPack)
