/**
 * Deployable weights made from a job's checkpoint or an uploaded adapter, with the proof that they are the trained
 * model.
 */
@NamedInterface
package dev.anneal.service.results.export;

import org.springframework.modulith.NamedInterface;
