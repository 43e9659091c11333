//! Curves on the terminal and as SVG.

use plotters::prelude::*;
use textplots::{Chart, Plot, Shape};

use super::Curve;

/// Width and height of the SVG in pixels.
const SIZE: (u32, u32) = (900, 560);

/// Errors beyond this are cut off: some networks run away.
const HIGHEST: f64 = 20.0;

/// Dots of a terminal plot; a character is two wide and four high.
const DOTS: (u32, u32) = (100, 40);

/// All curves as one SVG document; None for no curves.
pub fn svg(curves: &[Curve]) -> Option<String> {
    let (low, high) = ends(curves)?;
    let mut document = String::new();
    draw(curves, low, high, &mut document).ok()?;
    Some(document)
}

type DrawResult<'a> = Result<(), DrawingAreaErrorKind<<SVGBackend<'a> as DrawingBackend>::ErrorType>>;

fn draw<'a>(curves: &[Curve], low: f64, high: f64, document: &'a mut String) -> DrawResult<'a> {
    let area = SVGBackend::with_string(document, SIZE).into_drawing_area();
    area.fill(&WHITE)?;
    // Room on the right for the legend.
    let mut chart = ChartBuilder::on(&area)
        .margin(12)
        .margin_right(150)
        .x_label_area_size(36)
        .y_label_area_size(44)
        .build_cartesian_2d(low..high, 0.0..HIGHEST)?;
    chart
        .configure_mesh()
        .x_desc("x (trained on -5..5)")
        .y_desc("mean absolute error")
        .light_line_style(WHITE)
        .draw()?;
    for (index, curve) in curves.iter().enumerate() {
        let colour = HSLColor(index as f64 / curves.len() as f64, 0.8, 0.42)
            .filled()
            .stroke_width(2);
        let points = curve.points.iter().map(|&(x, error)| (x, error.min(HIGHEST)));
        chart
            .draw_series(LineSeries::new(points, colour))?
            .label(curve.name.as_str())
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::Coordinate(SIZE.0 as i32 - 195, 12))
        .background_style(WHITE)
        .draw()?;
    area.present()
}

/// The named curves one below the other, for a terminal; names without a
/// curve are passed over.
pub fn terminal(curves: &[Curve], names: &[&str]) -> String {
    let mut text = String::new();
    for curve in names
        .iter()
        .filter_map(|name| curves.iter().find(|curve| curve.name == *name))
    {
        let Some((low, high)) = ends(std::slice::from_ref(curve)) else {
            continue;
        };
        let points: Vec<(f32, f32)> = curve
            .points
            .iter()
            .map(|&(x, error)| (x as f32, error.min(HIGHEST) as f32))
            .collect();
        let shape = Shape::Lines(&points);
        let mut chart = Chart::new_with_y_range(DOTS.0, DOTS.1, low as f32, high as f32, 0.0, HIGHEST as f32);
        let chart = chart.lineplot(&shape);
        chart.borders();
        chart.axis();
        chart.figures();
        text.push_str(&format!("{}\n{chart}\n", curve.name));
    }
    text
}

fn ends(curves: &[Curve]) -> Option<(f64, f64)> {
    let points = &curves.first()?.points;
    Some((points.first()?.0, points.last()?.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curves() -> Vec<Curve> {
        let curve = |name: &str, slope: f64| Curve {
            name: name.to_owned(),
            points: (-4..=4)
                .map(|x| (f64::from(x), slope * f64::from(x).abs()))
                .collect(),
        };
        vec![curve("flat & low", 0.0), curve("steep", 9.0)]
    }

    #[test]
    fn every_curve_is_named_in_the_svg() {
        let document = svg(&curves()).expect("there are curves");
        assert!(document.starts_with("<svg") && document.trim_end().ends_with("</svg>"));
        assert!(document.contains("flat &amp; low") && document.contains("steep"));
        assert_eq!(svg(&[]), None);
    }

    #[test]
    fn the_terminal_shows_the_named_curves_only() {
        let text = terminal(&curves(), &["steep", "missing"]);
        assert!(text.contains("steep") && !text.contains("flat"));
        assert!(text.lines().count() > 8);
    }
}
