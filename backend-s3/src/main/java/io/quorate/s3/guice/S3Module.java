// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.s3.guice;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import io.quorate.api.GroupId;
import io.quorate.core.port.Backend;
import io.quorate.core.port.ObjectStore;
import io.quorate.node.plugin.ObjectStorage;
import io.quorate.node.plugin.SharedLog;
import io.quorate.node.plugin.StartException;
import io.quorate.s3.S3Config;
import io.quorate.s3.aws.AwsObjectStore;
import io.quorate.s3.backend.S3Backend;
import io.quorate.s3.folder.FolderStore;
import io.quorate.s3.layout.ObjectKeys;
import io.quorate.s3.probe.ProbeOptions;
import io.quorate.s3.probe.StoreProbe;
import java.io.IOException;
import java.util.Optional;

/** Binds the backend and the store that holds its objects. */
final class S3Module extends AbstractModule {
  private final S3Config config;
  private final StorePlace place;

  S3Module(S3Config config, StorePlace place) {
    this.config = config;
    this.place = place;
  }

  @Provides
  @Singleton
  Backend backend() {
    return new S3Backend(config);
  }

  @Provides
  @Singleton
  ObjectStorage objects() {
    return (group, node) ->
        switch (place) {
          case StorePlace.Folder folder -> open(folder);
          case StorePlace.Bucket bucket -> open(bucket, group);
        };
  }

  @Provides
  @Singleton
  SharedLog log() {
    return new StoredLog(place, config.prefix());
  }

  private static ObjectStore open(StorePlace.Folder folder) {
    try {
      return FolderStore.open(folder.path());
    } catch (IOException e) {
      throw new StartException(String.valueOf(e.getMessage()), e);
    }
  }

  private ObjectStore open(StorePlace.Bucket bucket, GroupId group) {
    ObjectStore store;
    try {
      store = AwsObjectStore.open(bucket.access());
    } catch (IllegalArgumentException e) {
      throw new StartException(String.valueOf(e.getMessage()), e);
    }
    Optional<String> refusal =
        bucket.probe() ? probe(store, bucket.access().place(), group) : Optional.empty();
    if (refusal.isPresent()) {
      store.close();
      throw new StartException(refusal.get());
    }
    return store;
  }

  /** A store that lets two writers win loses acknowledged commands: better not to start. */
  private Optional<String> probe(ObjectStore store, String bucket, GroupId group) {
    String scratch = new ObjectKeys(config.prefix(), group).probes();
    return StoreProbe.run(store, scratch, ProbeOptions.QUICK).refusal("the bucket " + bucket);
  }
}
