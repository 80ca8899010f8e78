// The checksum of the wire format: CRC-32 with the polynomial, the bit order and the values of
// zlib's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace pygraph::format {

std::uint32_t crc32(std::span<const std::byte> bytes);

}  // namespace pygraph::format
