/// Text as it may stand in XML 1.0, in an element or an attribute.
func escaped(_ text: String) -> String {
  var result = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    case "'": result += "&#39;"
    case "\t", "\n", "\r": result += " "
    case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}

/// A coordinate in pixels, to the tenth.
func coordinate(_ value: Double) -> String {
  let tenths = Int((min(max(value, -1e6), 1e6) * 10).rounded())
  let fraction = tenths.magnitude % 10
  return (tenths < 0 ? "-" : "") + String(tenths.magnitude / 10) + (fraction == 0 ? "" : ".\(fraction)")
}

/// About the width of a text in a usual sans-serif face, in pixels.
func width(of text: String, fontSize: Double) -> Double {
  var width = 0.0
  for character in text {
    switch character {
    case "i", "j", "l", "t", "f", "r", "I", ".", ",", " ", "'", "|", ":", ";", "(", ")", "/", "-": width += 0.36
    case "m", "w", "M", "W", "@", "%": width += 0.9
    case "A"..."Z": width += 0.68
    default: width += character.isASCII ? 0.6 : 0.75
    }
  }
  return width * fontSize
}
