/** Where draft tokens come from, and how many of them were right. */
@NamedInterface
package dev.anneal.engine.network.drafting;

import org.springframework.modulith.NamedInterface;
