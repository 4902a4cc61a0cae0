//! Batches, replaced parameters, partly trained networks, and what is refused.

use std::sync::Arc;

use oneiric_engine::executor;
use oneiric_engine::map::{Map, MapMut};
use oneiric_engine::op::{Activation, Op};
use oneiric_engine::shape::Size;
use oneiric_engine::{Batch, Error, Graph, Isa, NodeId, Parameters, Plan, Program, Purpose, Session};

use crate::networks::{CrossEntropy, SIZE, conv, network, picture, pictures, window};

fn plan(graph: &Graph, trained: &[NodeId]) -> Plan {
    let program = Program::with_trained(graph, &["logits"], trained).unwrap();
    Plan::for_pictures(&program, SIZE, Purpose::Parameters, 2).unwrap()
}

fn gradients(batch: &mut Batch) -> Parameters {
    let pictures = pictures();
    let examples = pictures.iter().enumerate();
    let mut examples: Vec<_> = examples.map(|(i, picture)| (&picture[..], CrossEntropy::of_picture(i))).collect();
    batch.gradients(&mut examples).unwrap()
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    let (graph, trained) = network();
    let on_threads = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| gradients(&mut Batch::new(plan(&graph, &trained)).unwrap()))
    };
    let one = on_threads(1);
    for threads in [2, 3, 8] {
        assert!(one == on_threads(threads), "on {threads} threads");
    }
}

/// A map of many bands of rows.
#[test]
fn a_large_map_gives_the_same_bytes_on_any_number_of_threads() {
    let size = Size { height: 150, width: 131 };
    let mut graph = Graph::new(3).unwrap();
    let x = graph.add(conv(3, 32, 1, window(3, 1, 1), 1), &[graph.picture()]).unwrap();
    let x = graph.add(Op::Activation(Activation::Relu), &[x]).unwrap();
    let x = graph.add(conv(32, 32, 32, window(3, 1, 1), 3), &[x]).unwrap();
    graph.add_layer("output", conv(32, 20, 1, window(3, 2, 1), 5), &[x]).unwrap();
    let program = Program::with_trained(&graph, &["output"], &graph.trainable()).unwrap();
    let plan = Plan::new(&program, size, Purpose::Parameters).unwrap();
    for isa in Isa::available() {
        let on_threads = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let mut session = Session::with_isa(plan.clone(), isa).unwrap();
                let mut objective = |_: usize, output: Map<'_>, mut gradient: MapMut<'_>| {
                    let to = gradient.data_mut();
                    to.copy_from_slice(&output.data()[..to.len()]);
                };
                session.add_parameter_gradients(&mut [(&picture(size, 9), &mut objective)]).unwrap();
                session.take_parameter_gradients().unwrap()
            })
        };
        assert!(on_threads(1) == on_threads(3), "on {isa}");
    }
}

#[test]
fn a_batch_is_the_sum_of_its_pictures() {
    let (graph, trained) = network();
    let mut session = Session::new(plan(&graph, &trained)).unwrap();
    let mut one_by_one = Vec::new();
    for (i, picture) in pictures().iter().enumerate() {
        session.add_parameter_gradients(&mut [(picture, &mut CrossEntropy::of_picture(i))]).unwrap();
        one_by_one.push(session.take_parameter_gradients().unwrap());
    }
    let mut sum = one_by_one.remove(0);
    one_by_one.iter().for_each(|gradients| sum.add_scaled(1.0, gradients).unwrap());
    let program = Program::with_trained(&graph, &["logits"], &trained).unwrap();
    for at_once in [1, 4, 9] {
        let plan = Plan::for_pictures(&program, SIZE, Purpose::Parameters, at_once).unwrap();
        let whole = gradients(&mut Batch::new(plan).unwrap());
        for ((node, whole), (_, sum)) in whole.iter().zip(sum.iter()) {
            for (whole, sum) in whole.iter().flatten().zip(sum.iter().flatten()) {
                assert!((whole - sum).abs() < 1e-5, "{node:?}, {at_once} at once: {whole} instead of {sum}");
            }
        }
    }
}

/// Old packed weights would give the old activations.
#[test]
fn replaced_parameters_give_what_a_network_built_with_them_gives() {
    let (mut graph, trained) = network();
    let before = plan(&graph, &trained);
    let mut batch = Batch::new(before.clone()).unwrap();
    let first = gradients(&mut batch);
    let mut parameters = graph.parameters(&trained).unwrap();
    parameters.add_scaled(-0.5, &first).unwrap();
    batch.set_parameters(&parameters).unwrap();
    let moved = gradients(&mut batch);
    assert!(moved != first);

    graph.set_parameters(&parameters).unwrap();
    assert!(graph.parameters(&trained).unwrap() == parameters);
    assert!(gradients(&mut Batch::new(plan(&graph, &trained)).unwrap()) == moved, "as one built with them");
    assert!(gradients(&mut Batch::new(before).unwrap()) == first, "the old plan keeps the old ones");
}

/// Frozen layers before the trained ones have no gradient and keep nothing for it.
#[test]
fn a_network_trained_in_part_has_the_same_gradients_for_less() {
    let (graph, trained) = network();
    let all = plan(&graph, &trained);
    let whole = gradients(&mut Batch::new(all.clone()).unwrap());
    for part in [&trained[..1], &trained[4..6], &trained[7..], &[trained[0], trained[3], trained[6]]] {
        let plan = plan(&graph, part);
        assert_eq!(plan.trained().collect::<Vec<_>>(), part);
        assert!(plan.memory() < all.memory(), "{} of {} bytes", plan.memory(), all.memory());
        for (node, arrays) in gradients(&mut Batch::new(plan).unwrap()).iter() {
            let expected = whole.get(node).unwrap();
            for (got, expected) in arrays.iter().flatten().zip(expected.iter().flatten()) {
                assert!((got - expected).abs() < 1e-5, "{node:?}: {got} instead of {expected}");
            }
        }
    }
}

#[test]
fn what_cannot_be_trained_is_refused() {
    let (mut graph, trained) = network();
    let pool = graph.layer("pool").unwrap();
    let error = Program::with_trained(&graph, &["logits"], &[pool]).unwrap_err();
    assert_eq!(error.to_string(), "invalid max_pool: it has no parameters to train");
    assert!(graph.parameters(&[pool]).is_err());

    let (other, _) = network();
    let mut short = other.parameters(&trained).unwrap();
    short = short.iter().map(|(node, arrays)| (node, vec![arrays[0][1..].to_vec()])).collect();
    let error = graph.set_parameters(&short).unwrap_err().to_string();
    assert_eq!(error, "invalid conv: its parameters have [432, 16] values, the new ones [431]");
    assert!(plan(&graph, &trained).with_parameters(&short).is_err());
    assert!(plan(&graph, &trained[..1]).with_parameters(&graph.parameters(&trained).unwrap()).is_err());

    let mut sum = graph.parameters(&trained).unwrap();
    let before = sum.clone();
    for other in [&short, &graph.parameters(&trained[..1]).unwrap(), &Parameters::default()] {
        let error = sum.add_scaled(1.0, other).unwrap_err().to_string();
        assert_eq!(error, "invalid sum of parameters: they belong to other operations");
        assert!(sum == before);
    }

    let frozen = Plan::new(&Program::new(&graph, &["logits"]).unwrap(), SIZE, Purpose::Gradient).unwrap();
    let mut frozen = Session::new(frozen).unwrap();
    let mut objective = CrossEntropy::of_picture(0);
    let error = frozen.add_parameter_gradients(&mut [(&pictures()[0], &mut objective)]).unwrap_err();
    assert_eq!(error, Error::WrongPurpose("the gradients of parameters"));
    let mut training = Session::new(plan(&graph, &trained)).unwrap();
    let error = training.gradient_of(&pictures()[0], &mut objective).unwrap_err();
    assert_eq!(error, Error::WrongPurpose("the gradient of the picture"));
}

#[test]
fn an_execution_refuses_another_plan() {
    let (graph, trained) = network();
    let own = plan(&graph, &trained);
    let mut execution = executor::default().prepare(Arc::new(own.clone())).unwrap();
    let program = Program::with_trained(&graph, &["logits"], &trained).unwrap();
    let larger = Size { height: SIZE.height + 8, ..SIZE };
    for other in [
        Plan::new(&program, larger, Purpose::Parameters).unwrap(),
        Plan::new(&program, SIZE, Purpose::Gradient).unwrap(),
        plan(&graph, &trained[1..]),
    ] {
        let error = execution.set_plan(Arc::new(other)).unwrap_err();
        assert!(matches!(error, Error::Unsupported(_)), "{error}");
    }
    execution.set_plan(Arc::new(own.with_parameters(&graph.parameters(&trained).unwrap()).unwrap())).unwrap();
}

/// A picture of the wrong size in the middle of a batch leaves no half sum for the next batch.
#[test]
fn a_batch_that_failed_leaves_nothing_behind() {
    let (graph, trained) = network();
    let mut batch = Batch::new(plan(&graph, &trained)).unwrap();
    let expected = gradients(&mut batch);
    let pictures = pictures();
    let mut examples = vec![
        (&pictures[0][..], CrossEntropy::of_picture(0)),
        (&pictures[1][..], CrossEntropy::of_picture(1)),
        (&pictures[2][1..], CrossEntropy::of_picture(2)),
    ];
    assert!(matches!(batch.gradients(&mut examples), Err(Error::WrongInput { .. })));
    assert!(gradients(&mut batch) == expected);
}
