// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

/**
 * VSR's messages as bytes.
 *
 * <p>Starting point: {@link io.quorate.vsr.codec.VsrCodec}.
 */
@NullMarked
package io.quorate.vsr.codec;

import org.jspecify.annotations.NullMarked;
