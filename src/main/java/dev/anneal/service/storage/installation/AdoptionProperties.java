package dev.anneal.service.storage.installation;

import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Whose artifact store may be taken over. It names an id, and a store is taken over once, so that it does no harm where it is forgotten.
 *
 * @param adoptFrom id of an installation that is no more, whose store is this one's from now on; this installation's own, to begin with an empty store after
 *     its store was lost
 */
@ConfigurationProperties("anneal.storage")
record AdoptionProperties(@Nullable UUID adoptFrom) {}
