/**
 * Background checks of uploaded files: validation of rows, and token counts. Each check is claimed in the database, so
 * any process can run it, and another one takes over if that process dies.
 */
@NamedInterface
package dev.anneal.service.files.check;

import org.springframework.modulith.NamedInterface;
