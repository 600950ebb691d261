// The demo's page: one file of HTML with its style and pictures inside.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "platform/cli/demo_summary.h"

namespace ganglion::cli {
namespace {

constexpr const char* kStyle = R"(
:root{--ink:#1d2733;--soft:#5b6b7b;--line:#d9e0e7;--paper:#fff;--ground:#f4f6f8;--cpu:#c2703d;--core:#2f7f79;--bad:#b3261e}
@media(prefers-color-scheme:dark){:root{--ink:#e6ebf0;--soft:#9aa9b8;--line:#33404d;--paper:#1a222b;--ground:#11171d;--cpu:#e0935f;--core:#5cb8b0;--bad:#ff8a80}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.5 system-ui,"Segoe UI",Helvetica,Arial,sans-serif}
main{max-width:1040px;margin:0 auto;padding:40px 20px 60px}
h1{font-size:27px;margin:0 0 4px;letter-spacing:-.01em}
h2{font-size:17px;margin:0 0 14px}
.lead{color:var(--soft);margin:0 0 26px}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(190px,1fr));gap:14px;margin-bottom:18px}
.card,section{background:var(--paper);border:1px solid var(--line);border-radius:10px}
.card{padding:16px 18px}
.card b{display:block;font-size:26px;letter-spacing:-.02em;font-variant-numeric:tabular-nums}
.card span{color:var(--soft);font-size:13px}
section{padding:22px 24px;margin-bottom:18px;overflow-x:auto}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{padding:5px 10px;text-align:right;border-top:1px solid var(--line);white-space:pre}
th:first-child,td:first-child{text-align:left;padding-left:0}
td:last-child,th:last-child{padding-right:0}
thead th{border-top:0;font-weight:600}
thead th:nth-child(2),.cpu{color:var(--cpu)}
thead th:nth-child(3),.core{color:var(--core)}
tr.part td{padding-top:16px;font-weight:600;color:var(--soft);white-space:normal}
.digits{display:grid;grid-template-columns:repeat(auto-fill,minmax(132px,1fr));gap:14px}
figure{margin:0;text-align:center;font-size:13px}
figure svg{width:100%;height:auto;border-radius:6px;background:#0d1117;display:block;margin-bottom:6px}
figcaption{color:var(--soft)}
figcaption b{font-size:15px}
.miss{color:var(--bad);font-weight:700}
.note{color:var(--soft);font-size:13px;margin:14px 0 0}
.chart{display:block;width:100%;height:auto}
.chart text{fill:var(--ink);font:13px system-ui,"Segoe UI",Helvetica,Arial,sans-serif}
.chart .value{fill:var(--soft);font-variant-numeric:tabular-nums}
.key{display:inline-block;width:11px;height:11px;border-radius:2px;margin:0 6px 0 16px}
.key:first-child{margin-left:0}
)";

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else {
      out += c;
    }
  }
  return out;
}

std::string energy_label(double pj) {
  if (pj >= 1e6) return fmt::format("{:.2f} µJ", pj / 1e6);
  if (pj >= 1e3) return fmt::format("{:.2f} nJ", pj / 1e3);
  return fmt::format("{:.1f} pJ", pj);
}

std::string cards(const DemoSummary& s) {
  const auto card = [](const std::string& value, const std::string& label) {
    return fmt::format("<div class=\"card\"><b>{}</b><span>{}</span></div>", value, label);
  };
  const auto accuracy = [](const DemoSide& side) {
    return side.images == 0 ? 0.0
                            : 100.0 * static_cast<double>(side.correct) / static_cast<double>(side.images);
  };
  return "<div class=\"cards\">" +
         card(fmt::format("{:.1f}&times;", s.speed_up), "faster with the SC-CNN core") +
         card(fmt::format("{:.1f}&times;", s.energy_ratio.value),
              fmt::format("less energy ({:.1f} to {:.1f} within all bounds)", s.energy_ratio.low,
                          s.energy_ratio.high)) +
         card(fmt::format("{:.1f} %", accuracy(s.accelerator)),
              fmt::format("accuracy offloaded ({:.1f} % in software)", accuracy(s.cpu))) +
         card(fmt::format("{:.2f}", s.cpu.macs_per_cycle),
              fmt::format("MAC/cycle of the software (bound {:.2f})", s.mac_bound)) +
         "</div>\n";
}

std::string table(const DemoSummary& s) {
  std::string html = "<section><h2>Measured on the platform</h2><table><thead><tr><th></th><th>" +
                     escaped(s.cpu.title) + "</th><th>" + escaped(s.accelerator.title) +
                     "</th></tr></thead><tbody>\n";
  for (const DemoRow& row : demo_rows(s)) {
    html += row.section ? "<tr class=\"part\"><td colspan=\"3\">" + escaped(row.label) + "</td></tr>\n"
                        : "<tr><td>" + escaped(row.label) + "</td><td>" + escaped(row.cpu) + "</td><td>" +
                              escaped(row.accelerator) + "</td></tr>\n";
  }
  return html + "</tbody></table><p class=\"note\">" + std::to_string(s.cpu.images) + " images of " +
         escaped(s.images.name) + ", " + std::to_string(s.macs_per_image) + " MAC each. Energies at " +
         escaped(s.reference) + ". Bound: " + escaped(s.mac_bound_reason) +
         ". The range of the energy ratio lets every cost lie anywhere within its bounds, the same on both "
         "sides.</p></section>\n";
}

/// A dozen images: up to four that somebody got wrong, the rest spread over the set.
std::vector<uint32_t> chosen_images(const DemoSummary& s) {
  constexpr std::size_t kShown = 12;
  constexpr std::size_t kMisses = 4;
  const auto count = static_cast<uint32_t>(
      std::min({s.cpu.predictions.size(), s.accelerator.predictions.size(), s.images.labels.size()}));
  std::set<uint32_t> chosen;
  for (uint32_t i = 0; i < count && chosen.size() < kMisses; ++i) {
    const int label = s.images.labels[i];
    if (s.cpu.predictions[i] != label || s.accelerator.predictions[i] != label) chosen.insert(i);
  }
  for (uint32_t step = 0; step < kShown && chosen.size() < std::min<std::size_t>(kShown, count); ++step) {
    chosen.insert(step * count / kShown);
  }
  for (uint32_t i = 0; i < count && chosen.size() < std::min<std::size_t>(kShown, count); ++i)
    chosen.insert(i);
  return {chosen.begin(), chosen.end()};
}

std::string digits(const DemoSummary& s) {
  std::string html = "<section><h2>What they saw, and what they said</h2><div class=\"digits\">\n";
  for (const uint32_t i : chosen_images(s)) {
    html += fmt::format("<figure><svg viewBox=\"0 0 {} {}\" shape-rendering=\"crispEdges\" role=\"img\">",
                        s.images.width, s.images.height);
    for (uint32_t y = 0; y < s.images.height; ++y) {
      for (uint32_t x = 0; x < s.images.width; ++x) {
        const double ink = s.images.pixel(i, y, x);
        if (ink <= 0.0) continue;
        html += fmt::format(
            "<rect x=\"{}\" y=\"{}\" width=\"1\" height=\"1\" fill=\"#fff\" opacity=\"{:.2f}\"/>", x, y, ink);
      }
    }
    const int label = s.images.labels[i];
    const auto said = [&](const DemoSide& side, const char* colour) {
      return fmt::format("<b class=\"{}\">{}</b>", side.predictions[i] == label ? colour : "miss",
                         side.predictions[i]);
    };
    html += fmt::format("</svg><figcaption>is a {}: CPU {} &middot; core {}</figcaption></figure>\n", label,
                        said(s.cpu, "cpu"), said(s.accelerator, "core"));
  }
  return html + "</div></section>\n";
}

/// Two horizontal bars a component, one scale.
std::string chart(const DemoSummary& s) {
  std::vector<std::pair<double, std::string>> components;
  for (const auto& [name, pj] : s.cpu.energy_by_component) {
    const auto other = s.accelerator.energy_by_component.find(name);
    const double most = std::max(pj, other == s.accelerator.energy_by_component.end() ? 0.0 : other->second);
    if (most > 0.0) components.emplace_back(most, name);
  }
  std::sort(components.rbegin(), components.rend());
  if (components.empty()) return "";

  constexpr int kLabel = 120, kBar = 700, kStep = 50, kWidth = 940;
  const double scale = kBar / components.front().first;
  std::string svg = fmt::format("<svg class=\"chart\" viewBox=\"0 0 {} {}\" role=\"img\">", kWidth,
                                kStep * static_cast<int>(components.size()));
  int y = 0;
  for (const auto& [most, name] : components) {
    svg += fmt::format("<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>", kLabel - 12, y + 25,
                       escaped(name));
    int offset = 4;
    for (const auto& [side, colour] : {std::pair{&s.cpu, "--cpu"}, std::pair{&s.accelerator, "--core"}}) {
      const auto found = side->energy_by_component.find(name);
      const double pj = found == side->energy_by_component.end() ? 0.0 : found->second;
      const double length = std::max(pj * scale, 1.0);
      svg += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{:.1f}\" height=\"16\" rx=\"2\" fill=\"var({})\"/>",
                         kLabel, y + offset, length, colour);
      svg += fmt::format("<text class=\"value\" x=\"{:.1f}\" y=\"{}\">{}</text>", kLabel + length + 8,
                         y + offset + 13, energy_label(pj));
      offset += 19;
    }
    y += kStep;
  }
  svg += "</svg>";
  return "<section><h2>Energy by component</h2>" + svg +
         "<p class=\"note\"><span class=\"key\" style=\"background:var(--cpu)\"></span>" +
         escaped(s.cpu.title) + "<span class=\"key\" style=\"background:var(--core)\"></span>" +
         escaped(s.accelerator.title) + ", all images</p></section>\n";
}

}  // namespace

std::string demo_page(const DemoSummary& s) {
  return "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
         "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>Ganglion "
         "demo</title><style>" +
         std::string(kStyle) +
         "</style></head><body><main>\n<h1>Handwritten digits, twice</h1>\n<p class=\"lead\">Bare-metal "
         "firmware on the "
         "virtual SoC classifies the same images in software on its RISC-V hart, then with the layers "
         "offloaded to the "
         "SC-CNN core.</p>\n" +
         cards(s) + table(s) + digits(s) + chart(s) + "</main></body></html>\n";
}

}  // namespace ganglion::cli
