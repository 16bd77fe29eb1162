/// The style sheet of every chart. Classes instead of custom properties, which some converters do not know.
///
/// The eight colours differ in lightness too, and are told apart with the usual kinds of colour blindness; from the
/// ninth series on they return with dashes.
enum ChartStyle {
  static let light = ["#1668b0", "#d9580b", "#0d8a63", "#b0358f", "#7a5cd6", "#9a7200", "#c4243b", "#4a6572"]
  static let dark = ["#6db7f8", "#ff9c57", "#48d1a0", "#f58ad4", "#b3a4ff", "#e6c34a", "#ff7d86", "#a8bfca"]

  static let sheet: String = {
    var lines = [
      "text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','DejaVu Sans',sans-serif;font-size:12px;"
        + "fill:#4b5560}",
      ".title{font-size:16px;font-weight:600;fill:#15191d}",
      ".name,.axis{font-size:13px;fill:#2a3138}",
      ".page{fill:#ffffff}",
      ".grid{stroke:#e3e7eb;stroke-width:1}",
      ".minor{stroke:#f1f3f5;stroke-width:1}",
      ".frame{stroke:#8b96a1;stroke-width:1;fill:none}",
      ".line{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}",
      ".dense{stroke-width:1.25}",
      ".again{stroke-dasharray:7 4}",
      ".point{stroke:#ffffff;stroke-width:1}",
    ]
    lines += rules(light)
    lines.append("@media (prefers-color-scheme:dark){")
    lines += [
      "text{fill:#a9b4be}", ".title{fill:#f2f5f7}", ".name,.axis{fill:#d5dce2}", ".page{fill:#14181c}",
      ".grid{stroke:#2b3239}", ".minor{stroke:#20262c}", ".frame{stroke:#6d7984}", ".point{stroke:#14181c}",
    ]
    lines += rules(dark)
    lines.append("}")
    return lines.joined(separator: "\n")
  }()

  private static func rules(_ colours: [String]) -> [String] {
    colours.enumerated().flatMap { index, colour in
      [".line.c\(index){stroke:\(colour)}", ".point.c\(index){fill:\(colour)}"]
    }
  }

  static func colour(_ series: Int) -> String { "c\(series % light.count)" }
  static func lineClass(_ series: Int) -> String {
    "line \(colour(series))" + (series / light.count % 2 == 1 ? " again" : "")
  }
}
