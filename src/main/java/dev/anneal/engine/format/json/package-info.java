/** Descriptions of faults in JSON for its author. */
@NamedInterface
package dev.anneal.engine.format.json;

import org.springframework.modulith.NamedInterface;
