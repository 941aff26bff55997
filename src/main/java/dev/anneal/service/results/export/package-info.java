/**
 * Deployable weights made from a job's checkpoint or an uploaded adapter, with the proof that they are the trained
 * model.
 */
@NamedInterface
@NullMarked
package dev.anneal.service.results.export;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
