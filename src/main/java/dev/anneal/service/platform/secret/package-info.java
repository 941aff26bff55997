/** Encryption of clients' secrets that the service must store and read again. Their keys are not in the database. */
@NamedInterface
package dev.anneal.service.platform.secret;

import org.springframework.modulith.NamedInterface;
