// Package settings reads clinic.yaml, which says who the clinic is and how it works.
//
// [Parse] makes a [Clinic] of the file and checks it. A Clinic also answers what follows from its
// settings: when it is open, when a reminder falls due, how long an urgent case may wait.
package settings
