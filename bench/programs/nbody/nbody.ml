(* Five planets under their gravity: records of floats only, which lie unboxed. *)
type body = {
  mutable x : float; mutable y : float; mutable z : float;
  mutable vx : float; mutable vy : float; mutable vz : float;
  mass : float;
}

let solar_mass = 39.47841760435743

let body x y z vx vy vz mass =
  { x; y; z; vx = vx *. 365.24; vy = vy *. 365.24; vz = vz *. 365.24; mass = mass *. solar_mass }

let planets () = [|
  body 0. 0. 0. 0. 0. 0. 1.;
  body 4.84143144246472090 (-1.16032004402742839) (-0.103622044471123109)
    0.00166007664274403694 0.00769901118419740425 (-0.0000690460016972063023) 0.000954791938424326609;
  body 8.34336671824457987 4.12479856412430479 (-0.403523417114321381)
    (-0.00276742510726411879) 0.00499852801234917238 0.0000230417297573763929 0.000285885980666130812;
  body 12.8943695621391310 (-15.1111514016986312) (-0.223307578892655734)
    0.00296460137564761618 0.00237847173959480950 (-0.0000296589568540237556) 0.0000436624404335156298;
  body 15.3796971148509165 (-25.9193146099879641) 0.179258772950371181
    0.00268067772490389322 0.00162824170038242295 (-0.0000951592254519715870) 0.0000515138902046611451;
|]

let offset_momentum bodies =
  let px = ref 0. and py = ref 0. and pz = ref 0. in
  Array.iter (fun b ->
    px := !px +. b.vx *. b.mass;
    py := !py +. b.vy *. b.mass;
    pz := !pz +. b.vz *. b.mass) bodies;
  let sun = bodies.(0) in
  sun.vx <- -. !px /. solar_mass;
  sun.vy <- -. !py /. solar_mass;
  sun.vz <- -. !pz /. solar_mass

let advance bodies dt =
  let n = Array.length bodies in
  for i = 0 to n - 1 do
    let b = bodies.(i) in
    for j = i + 1 to n - 1 do
      let o = bodies.(j) in
      let dx = b.x -. o.x and dy = b.y -. o.y and dz = b.z -. o.z in
      let d2 = dx *. dx +. dy *. dy +. dz *. dz in
      let mag = dt /. (d2 *. sqrt d2) in
      b.vx <- b.vx -. dx *. o.mass *. mag;
      b.vy <- b.vy -. dy *. o.mass *. mag;
      b.vz <- b.vz -. dz *. o.mass *. mag;
      o.vx <- o.vx +. dx *. b.mass *. mag;
      o.vy <- o.vy +. dy *. b.mass *. mag;
      o.vz <- o.vz +. dz *. b.mass *. mag
    done
  done;
  for i = 0 to n - 1 do
    let b = bodies.(i) in
    b.x <- b.x +. dt *. b.vx;
    b.y <- b.y +. dt *. b.vy;
    b.z <- b.z +. dt *. b.vz
  done

let energy bodies =
  let e = ref 0. in
  let n = Array.length bodies in
  for i = 0 to n - 1 do
    let b = bodies.(i) in
    e := !e +. 0.5 *. b.mass *. (b.vx *. b.vx +. b.vy *. b.vy +. b.vz *. b.vz);
    for j = i + 1 to n - 1 do
      let o = bodies.(j) in
      let dx = b.x -. o.x and dy = b.y -. o.y and dz = b.z -. o.z in
      e := !e -. b.mass *. o.mass /. sqrt (dx *. dx +. dy *. dy +. dz *. dz)
    done
  done;
  !e

let () =
  let steps = int_of_string Sys.argv.(1) in
  let bodies = planets () in
  offset_momentum bodies;
  Printf.printf "%.9f\n" (energy bodies);
  for _ = 1 to steps do
    advance bodies 0.01
  done;
  Printf.printf "%.9f\n" (energy bodies)
