// Package settings reads clinic.yaml, which says who the clinic is and how it works.
//
// [Parse] makes a [Clinic] of the file and checks it. A Clinic also answers what follows from its
// settings: when it is open, when a reminder falls due, how long an urgent case may wait.
//
// A setting that is left out has its default after Parse, never zero where zero would stop the
// work. Whoever adds one gives it a default or a fault, and names the fault by its path in the
// file.
package settings
