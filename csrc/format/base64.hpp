// Base64 (RFC 4648, with padding) for the elements of large constants in the text form.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pygraph::format {

std::string base64_encode(std::span<const std::byte> bytes);

// Nothing where `text` is not the base64 of any bytes.
std::optional<std::vector<std::byte>> base64_decode(std::string_view text);

}  // namespace pygraph::format
