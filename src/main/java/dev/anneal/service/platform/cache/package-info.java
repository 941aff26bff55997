/** The cache of unpacked programs and native libraries, shared by all installations of a user on a machine. */
@NamedInterface
@NullMarked
package dev.anneal.service.platform.cache;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
