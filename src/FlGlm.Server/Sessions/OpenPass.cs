using FlGlm.Core.Models;
using FlGlm.Core.Splitting;

namespace FlGlm.Server.Sessions;

/// <summary>A pass that waits for its gradient, as its session knows it; the scheduler has its graph.</summary>
internal sealed record OpenPass(PassTicket Ticket, SequenceLayout Layout, StepTimings Seconds);
