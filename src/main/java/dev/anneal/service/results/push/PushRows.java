package dev.anneal.service.results.push;

import java.util.List;
import java.util.Optional;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

/** Reads and inserts pushes; {@link PushStore} changes them. */
interface PushRows extends Repository<PushRow, Long> {

    PushRow saveAndFlush(PushRow row);

    Optional<Push> findPushByIdAndExportKey(String id, long exportKey);

    @Query("SELECT push.key FROM PushRow push WHERE push.id = :id AND push.exportKey = :exportKey")
    Optional<Long> findKey(String id, long exportKey);

    List<Push> findByExportKeyAndKeyLessThanOrderByKeyDesc(long exportKey, long key, Limit limit);

    List<Push> findByExportKeyAndKeyGreaterThanOrderByKey(long exportKey, long key, Limit limit);

    int countByTenantIdAndFinishedAtIsNull(String tenantId);
}
