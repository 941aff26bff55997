/**
 * Folders that processes of a machine share, with locks and a list of their files: unpacked programs and native
 * libraries, and copies of stored artifacts.
 */
@NamedInterface
package dev.anneal.service.platform.cache;

import org.springframework.modulith.NamedInterface;
