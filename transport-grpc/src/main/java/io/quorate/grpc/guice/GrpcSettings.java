// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.grpc.guice;

import io.quorate.grpc.TlsFiles;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The section {@code quorate.grpc}.
 *
 * @param peerQueueBytesMax what may wait for one peer
 * @param messageBytesMax largest message accepted; entries and results must fit
 * @param reconnectMin wait after the first failure to connect
 * @param reconnectMax longest wait between two attempts
 * @param tls null for plain text
 */
record GrpcSettings(
    long peerQueueBytesMax,
    int messageBytesMax,
    Duration reconnectMin,
    Duration reconnectMax,
    @Nullable TlsFiles tls) {}
