package dev.anneal.service.notification.webhook;

import java.util.List;
import java.util.Optional;
import org.springframework.data.domain.Limit;
import org.springframework.data.repository.Repository;

/** Reads and inserts endpoints. {@link EndpointStore} changes them. */
interface EndpointRows extends Repository<EndpointRow, Long> {

    EndpointRow saveAndFlush(EndpointRow row);

    int countBy();

    Optional<WebhookEndpoint> findEndpointById(String id);

    List<WebhookEndpoint> findByIdLessThanOrderByIdDesc(String id, Limit limit);

    List<WebhookEndpoint> findByIdGreaterThanOrderById(String id, Limit limit);
}
