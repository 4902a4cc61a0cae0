use std::ops::ControlFlow;

use super::*;
use crate::picture::PictureError;

const ON: ControlFlow<()> = ControlFlow::Continue(());

/// Stands for a network whose objective is the nearness of a picture to red disks on blue.
fn likes_disks(size: (usize, usize)) -> impl FnMut(&[f32], &mut [f32]) -> Result<f64, Error> {
    let target: Vec<f32> = (0..size.0 * size.1)
        .flat_map(|i| {
            let (x, y) = ((i % size.0) as f32, (i / size.0) as f32);
            let inside = (x % 16.0 - 8.0).hypot(y % 16.0 - 8.0) < 5.0;
            if inside { [0.9, 0.2, 0.2] } else { [0.1, 0.2, 0.7] }
        })
        .collect();
    move |picture, gradient| {
        let mut distance = 0.0;
        for ((gradient, seen), wanted) in gradient.iter_mut().zip(picture).zip(&target) {
            *gradient = (wanted - seen) / target.len() as f32;
            distance += f64::from((wanted - seen).powi(2)) / 2.0;
        }
        Ok(-distance / target.len() as f64)
    }
}

#[test]
fn every_parameterization_reaches_the_wanted_picture() {
    for parameterization in Parameterization::ALL {
        let settings = Imagine { size: (64, 48), steps: 200, transforms: false, ..Imagine::of(parameterization) };
        let mut values = Vec::new();
        render(&settings, &mut likes_disks(settings.size), |progress, _| {
            values.extend(progress.value);
            ON
        })
        .unwrap();
        // Waves approach sharp edges slowly, and MaCo has a fixed spectrum that disks do not have.
        let remains = match parameterization {
            Parameterization::Pixels | Parameterization::Laplacian => 0.05,
            Parameterization::Fourier => 0.5,
            Parameterization::Maco => 0.8,
        };
        let (first, last) = (values[0], values[values.len() - 1]);
        assert!(last > first * remains, "{parameterization}: from {first} to {last}");
        assert_eq!(values.len(), 200);
    }
}

#[test]
fn the_same_seed_gives_the_same_picture_on_any_number_of_threads() {
    let bytes = |threads: usize, seed: u64, parameterization| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let settings =
            Imagine { size: (50, 41), steps: 6, blur: 2.0, noise: 0.1, seed, ..Imagine::of(parameterization) };
        let picture = pool.install(|| render(&settings, &mut likes_disks(network_size(&settings)), |_, _| ON)).unwrap();
        picture.pixels().iter().map(|v| v.to_bits()).collect::<Vec<_>>()
    };
    for parameterization in Parameterization::ALL {
        let alone = bytes(1, 7, parameterization);
        assert!([2, 3, 7].iter().all(|&threads| bytes(threads, 7, parameterization) == alone), "{parameterization}");
        assert!(bytes(1, 8, parameterization) != alone, "{parameterization}");
    }
}

#[test]
fn the_network_sees_blur_and_noise_only_with_transforms() {
    let roughness = |blur, noise, transforms| {
        let settings =
            Imagine { size: (40, 30), steps: 1, blur, noise, transforms, seamless: true, ..Imagine::default() };
        let mut roughness = 0.0;
        let mut network = |picture: &[f32], gradient: &mut [f32]| {
            let steps = picture.windows(CHANNELS + 1).map(|pixels| (pixels[CHANNELS] - pixels[0]).abs());
            roughness = steps.sum::<f32>() / picture.len() as f32;
            gradient.fill(0.0);
            Ok(0.0)
        };
        render(&settings, &mut network, |_, _| ON).unwrap();
        roughness
    };
    let (plain, blurred, noisy) = (roughness(0.0, 0.0, true), roughness(8.0, 0.0, true), roughness(0.0, 0.2, true));
    assert!(blurred < 0.7 * plain && noisy > plain + 0.1, "{plain}, blurred {blurred}, noisy {noisy}");
    assert_eq!(roughness(8.0, 0.2, false), roughness(0.0, 0.0, false));
}

/// A network that likes every picture the same changes nothing; decay makes the picture grey then.
#[test]
fn what_the_network_does_not_hold_on_to_fades() {
    let contrast = |l2_decay| {
        let settings = Imagine { size: (40, 30), steps: 50, l2_decay, ..Imagine::of(Parameterization::Fourier) };
        let indifferent = |_: &[f32], gradient: &mut [f32]| {
            gradient.fill(0.0);
            Ok(0.0)
        };
        let picture = render(&settings, indifferent, |_, _| ON).unwrap();
        picture.pixels().iter().map(|value| (value - 0.5).abs()).sum::<f32>() / picture.pixels().len() as f32
    };
    // (1 - 0.05 * 1)^50 of the parameters are left.
    let (kept, faded) = (contrast(0.0), contrast(1.0));
    assert!((0.06..0.1).contains(&(faded / kept)), "{kept} fades to {faded}");
}

/// A network whose objective is a dark left and a bright right side makes a step between the ends of each row. It sees a
/// seamless picture rolled by any offset, so that no column is an end.
#[test]
fn a_seamless_picture_has_no_step_at_its_border() {
    let step_over_the_border = |seamless| {
        let parameterization = Parameterization::Pixels;
        let settings = Imagine { size: (32, 20), steps: 200, seamless, ..Imagine::of(parameterization) };
        let row = network_size(&settings).0 * CHANNELS;
        let mut network = |picture: &[f32], gradient: &mut [f32]| {
            for (at, (gradient, seen)) in gradient.iter_mut().zip(picture).enumerate() {
                let wanted = if at % row < row / 2 { 0.2 } else { 0.8 };
                *gradient = wanted - seen;
            }
            Ok(0.0)
        };
        let picture = render(&settings, &mut network, |_, _| ON).unwrap();
        let rows = picture.pixels().chunks_exact(32 * CHANNELS);
        rows.map(|row| (row[0] - row[31 * CHANNELS]).abs()).sum::<f32>() / 20.0
    };
    let (seamless, free) = (step_over_the_border(true), step_over_the_border(false));
    assert!(seamless < 0.1 && free > 0.3, "a step of {seamless} if seamless, of {free} if not");
}

#[test]
fn the_error_of_a_setting_out_of_range_names_the_bounds() {
    let good = Imagine::default();
    assert_eq!(good.check(), Ok(()));
    for wrong in [
        Imagine { size: (15, 224), ..good.clone() },
        Imagine { size: (224, 4097), ..good.clone() },
        Imagine { steps: 10_001, ..good.clone() },
        Imagine { rate: f32::NAN, ..good.clone() },
        Imagine { decay: -1.0, ..good.clone() },
        Imagine { blur: 8.5, ..good.clone() },
        Imagine { noise: -0.1, ..good.clone() },
        Imagine { l2_decay: 1.5, ..good.clone() },
        Imagine { cooldown: -0.5, ..good.clone() },
    ] {
        assert!(wrong.check().unwrap_err().to_string().contains("between"));
        let refused = render(&wrong, |_: &[f32], _: &mut [f32]| unreachable!("nothing to see"), |_, _| ON);
        assert!(matches!(refused, Err(Error::Setting(_))));
    }
}

#[test]
fn a_callback_can_stop_the_work_and_errors_of_the_network_are_returned() {
    let settings = Imagine { size: (16, 16), steps: 20, ..Imagine::default() };
    let mut seen = Vec::new();
    let stopped = render(&settings, &mut likes_disks(network_size(&settings)), |progress, _| {
        seen.push((progress.step, progress.value.is_some()));
        if progress.step == 2 { ControlFlow::Break(()) } else { ON }
    });
    assert!(matches!(stopped, Err(Error::Cancelled)));
    assert_eq!(seen, [(0, false), (1, true), (2, true)]);

    let mut broken = |_: &[f32], _: &mut [f32]| Err(PictureError::BadQuality { quality: 0 }.into());
    assert!(matches!(render(&settings, &mut broken, |_, _| ON), Err(Error::Picture(_))));
}
