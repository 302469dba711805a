using FlGlm.Server.Hosting;

namespace FlGlm.Server.Sessions;

/// <summary>What the states of a session mean in words, and their deadlines.</summary>
internal static class SessionStates
{
    /// <summary>Completes "a session that is ...".</summary>
    public static string Describe(this SessionState state) => state switch
    {
        SessionState.Connected => "not joined yet",
        SessionState.Planned => "comparing plans",
        SessionState.Waiting => "waiting for its turn",
        SessionState.Generating => "generating",
        SessionState.Forward or SessionState.Backward => "in its turn",
        SessionState.RoundEnd => "between rounds",
        SessionState.GoingBack => "going back to a checkpoint",
        SessionState.HandOver => "receiving its results",
        _ => "finished",
    };

    /// <summary>What the client has to send next.</summary>
    public static string Due(this SessionState state) => state switch
    {
        SessionState.Connected => "its Join",
        SessionState.Planned => "its agreement to the plan",
        SessionState.Forward => "a step's hidden states",
        SessionState.Backward => "a step's gradient",
        SessionState.RoundEnd => "its head and tail",
        SessionState.GoingBack => "that it is at its checkpoint",
        SessionState.HandOver => "reading its results",
        _ => "its goodbye",
    };

    /// <summary>How long a client may take, and the key that says so; null where it may wait as long as it likes.</summary>
    public static (double Seconds, string Key)? Deadline(this SessionState state, DeadlineSettings deadlines) => state switch
    {
        SessionState.Connected or SessionState.Planned => (deadlines.JoinS, "join_s"),
        SessionState.Forward => (deadlines.ForwardS, "forward_s"),
        SessionState.Backward => (deadlines.BackwardS, "backward_s"),
        SessionState.RoundEnd or SessionState.GoingBack => (deadlines.RoundEndS, "round_end_s"),
        SessionState.HandOver => (deadlines.HandOverS, "hand_over_s"),
        SessionState.Finished => (deadlines.GoodbyeS, "goodbye_s"),
        _ => null,
    };
}
