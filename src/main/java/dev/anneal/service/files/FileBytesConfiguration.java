package dev.anneal.service.files;

import dev.anneal.service.access.quota.StoredBytes;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What a tenant's files, and the parts of its uploads, count for in its quota. */
@Configuration(proxyBeanMethods = false)
class FileBytesConfiguration {

    @Bean
    StoredBytes fileBytes() {
        return new StoredBytes(
                "SELECT coalesce(sum(bytes), 0) FROM file WHERE content = 'STORED' AND tenant_id = :tenant");
    }

    @Bean
    StoredBytes uploadPartBytes() {
        return new StoredBytes("SELECT coalesce(sum(bytes), 0) FROM upload_part WHERE tenant_id = :tenant");
    }
}
