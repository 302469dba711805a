using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        /// <summary>Changes parameters by their gradients.</summary>
        public abstract partial class Optimizer : IDisposable
        {
            private protected Optimizer()
            {
            }

            public virtual IEnumerable<ILearningRateController> ParamGroups => Groups;

            private protected List<ParamGroup> Groups { get; } = [];

            /// <summary>Changes every parameter that has a gradient.</summary>
            /// <param name="closure">Computes the loss (and the gradients) first; its result is returned.</param>
            public abstract Tensor? step(Func<Tensor>? closure = null);

            /// <summary>Writes zeros to the gradients that are there.</summary>
            public abstract void zero_grad();

            public abstract IEnumerable<Parameter> parameters();

            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            protected virtual void Dispose(bool disposing)
            {
                if (disposing) DisposeStates();
            }

            private protected abstract void DisposeStates();
        }
    }
}
